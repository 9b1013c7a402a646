// GitHub's own parser of workflows, as a program: prints what is wrong with the file that it is given, as a JSON list.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// The package is made for bundlers: it imports JSON without saying so, which Node refuses.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser');

const [name = ''] = process.argv.slice(2);
const { context } = parseWorkflow({ name, content: readFileSync(name, 'utf8') }, new NoOperationTraceWriter());
process.stdout.write(JSON.stringify(context.errors.getErrors().map(String)));
