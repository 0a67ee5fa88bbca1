export function prefixIn(group: string, file: string): string;
export function titled<Test>(test: Test, prefix: string): Test;
