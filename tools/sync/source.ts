// SPDX-License-Identifier: Apache-2.0
// What the doc comments of a package say, read through the TypeScript API.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** An exported name and its documentation, as Markdown. */
export interface ExportDoc {
  name: string;
  kind: 'class' | 'abstract class' | 'function' | 'type' | 'value';
  /** Everything before the first tag. */
  text: string;
  /** The first `@example`, a fenced block. */
  example: string | undefined;
  /** All `@see`. */
  see: string[];
  /** What the last parameter of a class' constructor may hold. */
  options: Map<string, OptionDoc>;
}

export interface OptionDoc {
  meaning: string;
  /** The text of `@defaultValue`. */
  defaultValue: string | undefined;
  /** Where its comment is. */
  place?: Place | undefined;
}

/** A part of a file. */
export interface Place {
  file: string;
  start: number;
  end: number;
}

/** The doc comment before the declaration of a symbol. */
function placeOf({ valueDeclaration: declaration }: ts.Symbol): Place | undefined {
  if (!declaration) return undefined;
  const { fileName: file, text } = declaration.getSourceFile();
  const comment = ts.getLeadingCommentRanges(text, declaration.getFullStart())?.at(-1);
  if (!comment || !text.startsWith('/**', comment.pos)) return undefined;
  return { file, start: comment.pos, end: comment.end };
}

/** What one file exports, and its `@packageDocumentation`. */
export interface ModuleDoc {
  intro: string;
  exports: ExportDoc[];
}

/** `{@link name}` as code, `{@link name | words}` as words. */
function unlink(markdown: string): string {
  return markdown.replaceAll(
    /\{@link(?:code|plain)?\s+([^\s|}]+)\s*\|?\s*([^}]*)\}/g,
    (_, name: string, words: string) => (words === '' ? `\`${name}\`` : words),
  );
}

/** The compiler takes links apart, and the bar of a resolved one away. */
const toMarkdown = (parts: readonly ts.SymbolDisplayPart[] = []): string =>
  unlink(parts.map(({ kind, text }) => (kind === 'linkName' ? `${text} | ` : text)).join('')).trim();

/** The comment of a whole file; the compiler has no node for it. */
function packageDocumentation(file: string): string {
  const comments = readFileSync(file, 'utf8').match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  const comment = comments.find((text) => text.includes('@packageDocumentation')) ?? '';
  const lines = comment
    .slice(3, -2)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''));
  return unlink(lines.join('\n').split(/^@/m)[0]!).trim();
}

/** Reads the documentation of entry files, all in one program. */
export class DocReader {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;

  constructor(files: readonly string[], tsconfig: string) {
    const { config } = ts.readConfigFile(tsconfig, ts.sys.readFile) as { config: object };
    const { options } = ts.parseJsonConfigFileContent(
      { ...config, include: [], files },
      ts.sys,
      join(tsconfig, '..'),
    );
    this.#program = ts.createProgram([...files], { ...options, types: [] });
    this.#checker = this.#program.getTypeChecker();
  }

  /** @throws Error when the file is not part of the program or is no module */
  read(file: string): ModuleDoc {
    const source = this.#program.getSourceFile(file);
    const module = source && this.#checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file}: not a module`);
    const exports = this.#checker.getExportsOfModule(module).map((symbol) => this.#export(symbol));
    return { intro: packageDocumentation(file), exports };
  }

  #export(exported: ts.Symbol): ExportDoc {
    const alias = exported.flags & ts.SymbolFlags.Alias;
    const symbol = alias ? this.#checker.getAliasedSymbol(exported) : exported;
    const tags = symbol.getJsDocTags(this.#checker);
    const texts = (name: string): string[] =>
      tags.filter((tag) => tag.name === name).map((tag) => toMarkdown(tag.text));
    return {
      name: exported.name,
      kind: this.#kind(symbol),
      text: toMarkdown(symbol.getDocumentationComment(this.#checker)),
      example: texts('example')[0],
      see: texts('see'),
      options: this.#options(symbol),
    };
  }

  #kind({ flags, valueDeclaration }: ts.Symbol): ExportDoc['kind'] {
    if (!valueDeclaration) return 'type';
    const isAbstract = ts.getCombinedModifierFlags(valueDeclaration) & ts.ModifierFlags.Abstract;
    if (flags & ts.SymbolFlags.Class) return isAbstract ? 'abstract class' : 'class';
    const type = this.#checker.getTypeAtLocation(valueDeclaration);
    return type.getCallSignatures().length > 0 ? 'function' : 'value';
  }

  #options(symbol: ts.Symbol): Map<string, OptionDoc> {
    if (!(symbol.flags & ts.SymbolFlags.Class)) return new Map();
    const [signature] = this.#checker.getTypeOfSymbol(symbol).getConstructSignatures();
    const { parameters = [] } = signature ?? {};
    const parameter = parameters.find(({ name }) => name === 'options') ?? parameters.at(-1);
    if (!parameter) return new Map();
    const type = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(parameter));
    return new Map(
      type.getProperties().map((property) => {
        const tag = property.getJsDocTags(this.#checker).find(({ name }) => name === 'defaultValue');
        const meaning = toMarkdown(property.getDocumentationComment(this.#checker));
        const defaultValue = tag && toMarkdown(tag.text);
        return [property.name, { meaning, defaultValue, place: placeOf(property) }];
      }),
    );
  }
}
