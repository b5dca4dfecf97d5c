// SPDX-License-Identifier: Apache-2.0
// Writes the API of all published packages to `.build/site/api`, in the frame of the site; a warning is an error.

import { dirname, join } from 'node:path';
import { Application, Converter, JSX, OptionDefaults, Renderer } from 'typedoc';
import { isSourceFile } from 'typescript';
import { barFor } from './frame.js';
import type { Found } from '../site/search.js';
import { deadLinks, mendLinks } from './links.js';
import { addSymbols, symbolsOf } from './symbols.js';
import { entryPoints, publishedPackages, root, type WorkspacePackage } from '../workspace.js';

/**
 * The name users import each entry file by. What two packages export is the first one's: the umbrella, which has nothing of its
 * own, comes last.
 */
const isUmbrella = ({ manifest }: WorkspacePackage): number => Number(manifest.optim?.family === 'umbrella');
const names = new Map(
  publishedPackages()
    .sort((a, b) => isUmbrella(a) - isUmbrella(b))
    .flatMap(({ folder, manifest }) =>
      [...entryPoints(folder, manifest)].map(([name, file]) => [file, name] as const),
    ),
);
const out = join(root, '.build', 'site', 'api');
const app = await Application.bootstrap({
  name: '@optim',
  entryPoints: [...names.keys()],
  tsconfig: join(root, 'tsconfig.json'),
  readme: join(root, 'README.md'),
  projectDocuments: ['docs/*.md', 'docs/site/README.md', '{CONTRIBUTING,SECURITY}.md'].map((path) =>
    join(root, path),
  ),
  out,
  customCss: join(root, 'tools', 'docs', 'frame.css'),
  highlightLanguages: [...OptionDefaults.highlightLanguages, 'glsl', 'python', 'wasm', 'wgsl'],
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  disableSources: true,
  skipErrorChecking: true, // `typecheck` does that
  treatWarningsAsErrors: true,
});
// One program over all packages is far faster than one each, but names modules after files.
app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
  const declaration = context.getSymbolFromReflection(reflection)?.declarations?.[0];
  if (declaration !== undefined && isSourceFile(declaration)) {
    reflection.name = names.get(declaration.fileName) ?? reflection.name;
  }
});
app.renderer.hooks.on('body.begin', ({ relativeURL }) =>
  JSX.createElement(JSX.Raw, { html: barFor(relativeURL('index.html') ?? 'index.html') }),
);
// The router knows addresses while pages are written.
let symbols: readonly Found[] = [];
app.renderer.on(Renderer.EVENT_END, (event) => {
  symbols = symbolsOf(event.project, app.renderer.router!);
});
const project = await app.convert();
if (project !== undefined) await app.generateOutputs(project);
if (project !== undefined) mendLinks(out);
const dead = project === undefined ? [] : [...addSymbols(dirname(out), symbols), ...deadLinks(dirname(out))];
for (const link of dead) console.error(`docs: ${link}`);
if (dead.length > 0 || project === undefined || app.logger.hasErrors() || app.logger.hasWarnings())
  process.exitCode = 1;
