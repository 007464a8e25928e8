// Bundles the style sheets and the client into static/built, under names that change with
// their content, and notes in manifest.json what each file is called there.
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const OUT = "static/built";
const MANIFEST = "manifest.json";
const LICENCES = "licences.txt";
// Licences ask to travel with every copy.
const VENDORED = [
  "@gcds-core/tokens/LICENSE",
  "@gcds-core/fonts/fonts/lato/LICENSE.txt",
  "@gcds-core/fonts/fonts/noto-sans/LICENSE.txt",
  "swagger-ui-dist/LICENSE",
  "swagger-ui-dist/NOTICE",
  "swagger-ui-dist/swagger-ui-es-bundle.js.LICENSE.txt",
];

const bundled = await build({
  entryPoints: ["styles/main.css", "styles/docs.css", "client/main.ts", "client/docs.ts"],
  outdir: OUT,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  legalComments: "none",
  metafile: true,
  write: false,
});

const names = Object.entries(bundled.metafile.outputs).map(([path, output]) => {
  const source = basename(output.entryPoint ?? Object.keys(output.inputs)[0]);
  return [source.replace(/\.ts$/, ".js"), basename(path)];
});
const manifest = Object.fromEntries(names.sort());
const licences = await Promise.all(
  VENDORED.map(async (path) => {
    const text = await readFile(join("node_modules", path), "utf8");
    return `${path}\n\n${text.trim()}\n`;
  }),
);

// A server that runs meanwhile finds the old names or the new ones, never neither.
await mkdir(OUT, { recursive: true });
for (const file of bundled.outputFiles) await writeFile(file.path, file.contents);
await writeFile(join(OUT, LICENCES), licences.join("\n\n"));
await writeFile(join(OUT, `${MANIFEST}.new`), `${JSON.stringify(manifest, null, 2)}\n`);
await rename(join(OUT, `${MANIFEST}.new`), join(OUT, MANIFEST));
const kept = new Set([MANIFEST, LICENCES, ...Object.values(manifest)]);
for (const name of await readdir(OUT)) if (!kept.has(name)) await rm(join(OUT, name));
