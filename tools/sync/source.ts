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
  /** What the last parameter of a class' constructor or of a function may hold, and the other parameters of a function. */
  options: Map<string, OptionDoc>;
  /** Names of the parameters of a function, with `?` where it may be left out, `| number` where that does. */
  parameters?: string[];
}

export interface OptionDoc {
  meaning: string;
  /** The text of `@defaultValue`. */
  defaultValue: string | undefined;
  /** Whether it must be given. */
  isRequired?: boolean;
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
      parameters: this.#parameters(symbol),
    };
  }

  #kind({ flags, valueDeclaration }: ts.Symbol): ExportDoc['kind'] {
    if (!valueDeclaration) return 'type';
    const isAbstract = ts.getCombinedModifierFlags(valueDeclaration) & ts.ModifierFlags.Abstract;
    if (flags & ts.SymbolFlags.Class) return isAbstract ? 'abstract class' : 'class';
    const type = this.#checker.getTypeAtLocation(valueDeclaration);
    return type.getCallSignatures().length > 0 ? 'function' : 'value';
  }

  #parameters({ valueDeclaration }: ts.Symbol): string[] {
    if (!valueDeclaration) return [];
    const [signature] = this.#checker.getTypeAtLocation(valueDeclaration).getCallSignatures();
    return (signature?.parameters ?? []).map((parameter) => {
      const { name } = parameter;
      const type = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(parameter));
      const isNumberToo = type.isUnion() && type.types.some(({ flags }) => flags & ts.TypeFlags.Number);
      return `${name}${isNumberToo ? ' | number' : ''}${this.#mayBeLeftOut(parameter) ? '?' : ''}`;
    });
  }

  /** Whether a parameter or a property is optional. */
  #mayBeLeftOut({ flags, valueDeclaration: declared }: ts.Symbol): boolean {
    if (declared && ts.isParameter(declared)) return this.#checker.isOptionalParameter(declared);
    return (flags & ts.SymbolFlags.Optional) !== 0;
  }

  #options(symbol: ts.Symbol): Map<string, OptionDoc> {
    if (!symbol.valueDeclaration) return new Map();
    const type = this.#checker.getTypeOfSymbol(symbol);
    const [made] = type.getConstructSignatures();
    const { parameters = [] } = made ?? type.getCallSignatures()[0] ?? {};
    const options = parameters.find(({ name }) => name === 'options') ?? (made && parameters.at(-1));
    // Comments of functions state defaults in words of their own.
    const others = made ? [] : parameters.filter((parameter) => parameter !== options);
    const properties = options ? this.#properties(options) : [];
    return new Map([
      ...others.map((parameter) => [parameter.name, this.#option(parameter, false)] as const),
      ...properties.map((property) => [property.name, this.#option(property, made !== undefined)] as const),
    ]);
  }

  /** What a parameter that is an object, perhaps among other things, may hold. */
  #properties(parameter: ts.Symbol): ts.Symbol[] {
    const type = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(parameter));
    const types = type.isUnion() ? type.types.filter(({ flags }) => flags & ts.TypeFlags.Object) : [type];
    return types.flatMap((part) => part.getProperties());
  }

  #option(symbol: ts.Symbol, hasPlace: boolean): OptionDoc {
    const tag = symbol.getJsDocTags(this.#checker).find(({ name }) => name === 'defaultValue');
    return {
      // What `@param` says of a parameter comes after a dash.
      meaning: toMarkdown(symbol.getDocumentationComment(this.#checker)).replace(/^- /, ''),
      defaultValue: tag && toMarkdown(tag.text),
      isRequired: !this.#mayBeLeftOut(symbol),
      place: hasPlace ? placeOf(symbol) : undefined,
    };
  }
}
