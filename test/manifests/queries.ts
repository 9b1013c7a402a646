// Queries checked by the official grammars of their languages.
import { parser as logql } from '@grafana/lezer-logql';
import { parser as promql } from '@prometheus-io/lezer-promql';

const parsers = { prometheus: promql, loki: logql };

/** Where a query breaks its language's grammar, as `^` below the place; empty where it is right. */
export function grammarErrors(language: keyof typeof parsers, expr: string): string[] {
  const errors: string[] = [];
  parsers[language].parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(`${expr.slice(0, from)} ^ ${expr.slice(from)}`);
    },
  });
  return errors;
}

/** The series that a PromQL query asks for, by name. */
export function metricsOf(expr: string): string[] {
  const names = new Set<string>();
  promql.parse(expr).iterate({
    enter: ({ name, from, to, node }) => {
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.add(expr.slice(from, to));
    },
  });
  return [...names];
}
