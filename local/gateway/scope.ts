/**
 * An authorization header that names a service. The emulator checks no signature: it reads the service off the credential
 * scope, and the gateway's own requests want to be understood.
 */
export function serviceScope(region: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=administrator/20000101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}
