// Discord's own description of its API, as an independent judge of what we send.

interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly error?: { readonly message: string } };
}

// The package ships these schemas without types.
const name: string = 'discord-api-spec/zod';
const schemas = (await import(name)) as Readonly<Record<string, Schema | undefined>>;

/** What is wrong with the body by this schema of Discord's, for example `MessageCreateRequestSchema`; null where nothing is. */
export function objectionTo(body: unknown, schema: string): string | null {
  const found = schemas[schema];
  if (found === undefined) throw new Error(`Discord describes no ${schema}`);
  // As it travels: undefined properties are not sent.
  const result = found.safeParse(JSON.parse(JSON.stringify(body)));
  return result.success ? null : (result.error?.message ?? 'refused');
}
