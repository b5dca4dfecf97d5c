// SPDX-License-Identifier: Apache-2.0
// What a file of code loads, in every way that JavaScript and TypeScript have.

import ts from 'typescript';

/** What a file loads. */
export interface Loads {
  /** Names and paths, as they stand there. */
  readonly names: readonly string[];
  /** What loads something that only shows when it runs, or code that is no file. */
  readonly hidden: readonly string[];
}

/** Extensions of code, with those of declarations. */
export const code = /\.[cm]?[jt]sx?$/;

/** Names by which code gets at a loader, or makes code of text. */
const loaders = new Set([
  'createRequire',
  'dlopen',
  'eval',
  'Function',
  'getBuiltinModule',
  'importScripts',
  'require',
]);

const textOf = (node: ts.Node | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined;

/** Modules of Node that run other code, or load it. */
const running = /^(node:)?(child_process|cluster|inspector|module|repl|vm)(\/|$)/;

/** Properties that run a file, or what an address leads to. */
const runners = new Set(['addModule', 'serviceWorker']);

/** Functions that take code as text in place of a function. */
const timers = /^(setTimeout|setInterval|setImmediate|execScript)$/;

/** Whether it is text as far as can be seen: a literal, a template, or a sum with one. */
const isText = (node: ts.Node | undefined): boolean =>
  node !== undefined &&
  (ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    (ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
      (isText(node.left) || isText(node.right))));

/** The name by which a call calls what it calls, as an identifier, a property or a key. */
function calledBy({ expression }: ts.CallExpression | ts.NewExpression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isElementAccessExpression(expression) ? textOf(expression.argumentExpression) : undefined;
}

/** What makes code of text, or an element of a page that loads some. */
function hiddenIn(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && runners.has(node.name.text)) return node.name.text;
  if (ts.isElementAccessExpression(node) && runners.has(textOf(node.argumentExpression) ?? ''))
    return textOf(node.argumentExpression);
  if ((ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) && /<script\b/i.test(node.getText()))
    return 'a script of a page';
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
  const called = calledBy(node) ?? '';
  const given = node.arguments ?? [];
  if (timers.test(called) && isText(given[0])) return `${called} of text`;
  if (called === 'constructor' && given.length > 0 && given.every(isText)) return 'a constructor of text';
  const isScript = given.some((each) => textOf(each)?.toLowerCase() === 'script');
  return /^createElement(NS)?$/.test(called) && isScript ? 'a script of a page' : undefined;
}

/** Classes that run a file. */
const workers = new Set(['Worker', 'SharedWorker']);

/** The argument of `import(…)`, `require(…)`, `new Worker(…)` and `new URL(…, import.meta.url)`. */
function argumentOf(node: ts.Node): { name: string; argument: ts.Node | undefined } | undefined {
  if (ts.isCallExpression(node)) {
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
      return { name: 'import', argument: node.arguments[0] };
    if (ts.isIdentifier(node.expression) && node.expression.text === 'require')
      return { name: 'require', argument: node.arguments[0] };
  }
  if (ts.isNewExpression(node) && workers.has(node.expression.getText())) {
    const [argument] = node.arguments ?? [];
    // Of a URL its own argument is looked at.
    if (!argument || !ts.isNewExpression(argument)) return { name: 'a worker', argument };
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.[1])
    return { name: 'new URL', argument: node.arguments[0] };
  return undefined;
}

/** Whether an identifier names what it stands for, and is not a property of something else, a key or a type. */
function isLoader(node: ts.Identifier): boolean {
  if (!loaders.has(node.text)) return false;
  const { parent } = node;
  if (ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent)) return false;
  // `Function.prototype` makes no code.
  if (node.text === 'Function' && ts.isPropertyAccessExpression(parent) && parent.expression === node)
    return parent.name.text !== 'prototype';
  if (ts.isCallExpression(parent) && parent.expression === node && node.text === 'require') return false;
  return true;
}

/** What the code of a file loads. */
export function loadsOf(path: string, text: string): Loads {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const names: string[] = [];
  const hidden: string[] = [];
  const add = (node: ts.Node | undefined, what: string): void => {
    const name = textOf(node);
    if (name === undefined) hidden.push(what);
    else if (running.test(name)) hidden.push(name);
    else names.push(name);
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
      add(node.moduleSpecifier, 'import');
    if (ts.isExternalModuleReference(node)) add(node.expression, 'import =');
    if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, 'a type');
    if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) add(node.name, 'declare module');
    const call = argumentOf(node);
    if (call) add(call.argument, `${call.name} of what is computed`);
    if (ts.isIdentifier(node) && isLoader(node)) hidden.push(node.text);
    const made = hiddenIn(node);
    if (made !== undefined) hidden.push(made);
    if (
      ts.isMetaProperty(node) &&
      ts.isPropertyAccessExpression(node.parent) &&
      node.parent.name.text === 'resolve'
    )
      hidden.push('import.meta.resolve');
    if (ts.isElementAccessExpression(node) && loaders.has(textOf(node.argumentExpression) ?? ''))
      hidden.push(textOf(node.argumentExpression)!);
    for (const comment of (node as { jsDoc?: readonly ts.Node[] }).jsDoc ?? []) visit(comment);
    ts.forEachChild(node, visit);
  };
  visit(file);
  names.push(...file.referencedFiles.map(({ fileName }) => `./${fileName}`));
  names.push(...file.amdDependencies.map(({ path: name }) => name));
  names.push(...file.typeReferenceDirectives.map(({ fileName }) => fileName));
  return { names, hidden };
}
