/** The OpenAPI 3.1 document: made of the table of operations, with shapes from the schemas that the code itself uses. */
import * as z from "zod";
import { common, type Operation, operations, ref, scopeOf } from "./operations.ts";
import * as shapes from "./schemas.ts";

const documented = [
  shapes.submitSchema,
  shapes.uploadSchema,
  shapes.partUploadBegunSchema,
  shapes.partsWantedSchema,
  shapes.partUrlsSchema,
  shapes.partsArrivedSchema,
  shapes.completeUploadSchema,
  shapes.apiLabelSchema,
  shapes.apiShareSchema,
  shapes.apiLinkSchema,
  shapes.apiJobSchema,
  shapes.jobListSchema,
  shapes.variantSchema,
  shapes.variantListSchema,
  shapes.resultSummarySchema,
  shapes.problemSchema,
];

function operationObject(operation: Operation): object {
  const parameters = [
    ...(operation.path.includes("{job_id}")
      ? [{ name: "job_id", in: "path", required: true, schema: { type: "string", format: "uuid" } }]
      : []),
    ...Object.entries(operation.query ?? {}).map(([name, { description, schema, required = false }]) => ({
      name,
      in: "query",
      description,
      required,
      schema,
    })),
    ...Object.entries(operation.headers ?? {}).map(([name, header]) => ({ name, in: "header", ...header })),
  ];
  const content = (media: Readonly<Record<string, object>>) =>
    Object.fromEntries(Object.entries(media).map(([type, schema]) => [type, { schema }]));
  const problem = (description: string) => ({
    description,
    content: content({ "application/problem+json": ref("Problem") }),
  });
  const refusals = { ...common, ...operation.problems };
  return {
    operationId: operation.id,
    summary: operation.summary,
    // OpenAPI 3.1 lets any scheme name what it needs of roles or scopes here.
    security: [{ token: [scopeOf(operation.method)] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined
      ? {}
      : { requestBody: { required: true, description: operation.bodyNote, content: content(operation.body) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, { description, media }]) => [
          status,
          { description, ...(media === undefined ? {} : { content: content(media) }) },
        ]),
      ),
      ...Object.fromEntries(Object.entries(refusals).map(([status, description]) => [status, problem(description)])),
    },
  };
}

export function openApiDocument(publicUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation) };
  }
  const registry = z.registry<{ id: string }>();
  for (const schema of documented) {
    registry.add(schema, { id: schema.meta()?.id ?? "" });
  }
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: "input" });
  for (const schema of Object.values(schemas) as Record<string, unknown>[]) {
    delete schema.$schema;
    delete schema.$id;
    delete schema.id;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Genomics Annotation Service",
      version: "1.0.0",
      description: "Submit VCF files, follow their jobs, download results. Tokens are made on the profile page.",
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } }, schemas },
  };
}
