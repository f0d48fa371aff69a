import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

/**
 * `npm run house`: prints figures about the source tree, so that every change shows its effect. It never fails.
 * It counts comments with what, who, whoever or whom, which often read like a translation; the word list is a hint, not a verdict.
 */

interface SourceFile {
  path: string;
  lines: number;
  imports: string[];
  functions: { name: string; lines: number; line: number }[];
  /** `x as T`, `<T>x` and `x!`; `as const` is no cast. */
  casts: number;
  exportedFunctions: number;
  undocumented: string[];
  comments: string[];
}

type Node = { type: string; start: number; end: number } & Record<string, unknown>;

const maxFilesInFolder = 20;
/** Migrations are numbered and only ever added, so they stay beside each other. */
const numbered = 'src/db/migrations';
const translated = /\b(?:what|who|whoever|whom)\b/i;
const files = listFiles('src').map(readSource);

print('Files per folder', foldersBySize().slice(0, 12));
print(
  'Longest functions',
  files
    .flatMap(({ path, functions }) => functions.map((each) => ({ ...each, path })))
    .sort((a, b) => b.lines - a.lines)
    .slice(0, 10)
    .map(({ path, name, line, lines }) => `${lines} lines  ${name}  ${path}:${line}`),
);
print(
  'Longest files',
  [...files]
    .sort((a, b) => b.lines - a.lines)
    .slice(0, 10)
    .map(({ path, lines }) => `${lines} lines  ${path}`),
);
print('Import cycles, types included', findCycles());
const casts = files.filter((file) => file.casts > 0).sort((a, b) => b.casts - a.casts);
print(
  'Most casts',
  casts.slice(0, 10).map((file) => `${file.casts}  ${file.path}`),
);
// The types of the API are generated from docs/openapi.yaml.
const comments = files.filter(({ path }) => !path.endsWith('.d.ts')).flatMap((file) => file.comments);
const sum = (count: (file: SourceFile) => number) => files.reduce((total, file) => total + count(file), 0);
print('Totals', [
  `files                                   ${files.length}`,
  `lines                                   ${sum((file) => file.lines)}`,
  `folders with more than ${maxFilesInFolder} files          ${foldersBySize().filter((line) => Number.parseInt(line, 10) > maxFilesInFolder).length}`,
  `import cycles                           ${findCycles().length}`,
  `casts                                   ${sum((file) => file.casts)}`,
  `exported functions                      ${sum((file) => file.exportedFunctions)}`,
  `exported functions without a docstring  ${sum((file) => file.undocumented.length)}`,
  `comments                                ${comments.length}`,
  `comments with what, who or whoever      ${comments.filter((comment) => translated.test(comment)).length}`,
]);
if (process.argv.includes('--list')) {
  print(
    'Undocumented exports',
    files.flatMap(({ path, undocumented }) => undocumented.map((name) => `${path}: ${name}`)),
  );
  print(
    'Comments with what, who or whoever',
    files
      .filter(({ path }) => !path.endsWith('.d.ts'))
      .flatMap(({ path, comments }) => comments.filter((each) => translated.test(each)).map((each) => `${path}: ${each}`)),
  );
}

function print(title: string, lines: string[]): void {
  console.log(`${title}\n${lines.map((line) => `  ${line}`).join('\n') || '  none'}\n`);
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(directory, name));
}

function foldersBySize(): string[] {
  const sizes = new Map<string, number>();
  for (const { path } of files.filter(({ path }) => dirname(path) !== numbered))
    sizes.set(dirname(path), (sizes.get(dirname(path)) ?? 0) + 1);
  return [...sizes].sort((a, b) => b[1] - a[1]).map(([folder, size]) => `${size}  ${folder}`);
}

function readSource(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const { program, comments, module } = parseSync(path, text);
  const specifiers = [
    ...module.staticImports.map((each) => each.moduleRequest.value),
    ...module.staticExports.flatMap((each) => each.entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...module.dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start + 1, moduleRequest.end - 1)),
  ];
  const documented = new Set(
    comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*')).map(({ end }) => skipSpace(text, end)),
  );
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const found: SourceFile = {
    path,
    lines: lineAt(text.length),
    imports: specifiers.flatMap((specifier) => resolveImport(path, specifier)),
    functions: [],
    casts: 0,
    exportedFunctions: 0,
    undocumented: [],
    comments: joinLineComments(text, comments),
  };
  visit(program as unknown as Node, (node, parent) => {
    if (isCast(node)) found.casts++;
    if (isFunction(node)) {
      const lines = lineAt(node.end) - lineAt(node.start) + 1;
      found.functions.push({ name: nameOf(node) ?? nameOf(parent) ?? 'anonymous', lines, line: lineAt(node.start) });
    }
    if (node.type !== 'ExportNamedDeclaration' || !isExportedFunction(node)) return;
    found.exportedFunctions++;
    if (!documented.has(node.start)) found.undocumented.push(nameOf(node.declaration as Node) ?? 'anonymous');
  });
  return found;
}

function skipSpace(text: string, offset: number): number {
  return offset + (/^\s*/.exec(text.slice(offset))?.[0].length ?? 0);
}

function isFunction({ type }: Node): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
}

function isCast(node: Node): boolean {
  if (node.type === 'TSNonNullExpression' || node.type === 'TSTypeAssertion') return true;
  if (node.type !== 'TSAsExpression') return false;
  const target = node.typeAnnotation as Node;
  return !(target.type === 'TSTypeReference' && nameOf(target.typeName as Node) === 'const');
}

function isExportedFunction({ declaration }: Node): boolean {
  const declared = declaration as Node | null;
  if (declared?.type === 'FunctionDeclaration') return true;
  if (declared?.type !== 'VariableDeclaration') return false;
  return (declared.declarations as Node[]).some(({ init }) => init !== null && isFunction(init as Node));
}

function nameOf(node: Node | undefined): string | undefined {
  if (!node) return undefined;
  if (typeof node.name === 'string') return node.name;
  const named = node.type === 'VariableDeclaration' ? (node.declarations as Node[])[0]?.id : (node.id ?? node.key);
  return named ? nameOf(named as Node) : undefined;
}

/** Treats adjacent `//` lines as one comment. */
function joinLineComments(text: string, comments: { type: string; value: string; start: number; end: number }[]): string[] {
  const joined: { value: string; end: number; isLine: boolean }[] = [];
  for (const { type, value, start, end } of comments) {
    const last = joined.at(-1);
    const isLine = type === 'Line';
    if (last?.isLine && isLine && /^\s*$/.test(text.slice(last.end, start)) && !text.slice(last.end, start).includes('\n\n')) {
      last.value += value;
      last.end = end;
    } else joined.push({ value, end, isLine });
  }
  return joined.map(({ value }) => value.replace(/\s+\*?\s*/g, ' ').trim());
}

function visit(node: Node, see: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  see(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof child.type === 'string') visit(child, see, node);
    }
  }
}

function resolveImport(from: string, specifier: string): string[] {
  if (specifier.startsWith('#')) return [join('src', specifier.slice(1))];
  if (specifier.startsWith('.')) return [relative('.', resolve(dirname(from), specifier))];
  return [];
}

/** Import cycles: Tarjan's strongly connected components with more than one file. */
function findCycles(): string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[] = [];
  const connect = (path: string) => {
    index.set(path, index.size);
    low.set(path, index.size - 1);
    stack.push(path);
    for (const next of importsOf.get(path) ?? []) {
      if (!importsOf.has(next)) continue;
      if (!index.has(next)) connect(next);
      if (stack.includes(next)) low.set(path, Math.min(low.get(path) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(path) !== index.get(path)) return;
    const component = stack.splice(stack.indexOf(path));
    if (component.length > 1) cycles.push(`${component.length} files: ${component.join(', ')}`);
  };
  for (const { path } of files) if (!index.has(path)) connect(path);
  return cycles;
}
