// Bundles src/ into ../static/dist with hashed names, and says in manifest.json which name is whose.
import { build } from "esbuild";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "static", "dist");

await mkdir(dist, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["src/app.ts", "src/theme.ts", "src/app.css"],
  entryNames: "[name]-[hash]",
  outdir: dist,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, output] of Object.entries(metafile.outputs)) {
  const extension = path.slice(path.lastIndexOf("."));
  manifest[basename(output.entryPoint, ".ts").replace(/\.css$/, "") + extension] = basename(path);
}

// The manifest changes in one step and old bundles go last: a server that starts meanwhile finds what it names.
await writeFile(join(dist, "manifest.json.new"), JSON.stringify(manifest, null, 2) + "\n");
await rename(join(dist, "manifest.json.new"), join(dist, "manifest.json"));
const kept = new Set([...Object.values(manifest), "manifest.json"]);
for (const name of await readdir(dist)) {
  if (!kept.has(name)) await rm(join(dist, name), { recursive: true });
}
console.log(Object.values(manifest).join("  "));
