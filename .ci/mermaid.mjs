// Reads pictures (*.mmd) with Mermaid itself, in a made-up browser; each has to be a flowchart or a chart.
// Needs `mermaid` and `jsdom` to be found from here: see .ci/mermaid.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, folder] = process.argv.slice(2);
const load = createRequire(join(modules, "package.json"));
const { JSDOM } = load("jsdom");
const { window } = new JSDOM("<!DOCTYPE html><body></body>", { pretendToBeVisual: true });
Object.assign(globalThis, { window, document: window.document, Element: window.Element });
const { default: mermaid } = await import(pathToFileURL(load.resolve("mermaid")));
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });

const colours = JSON.stringify({ themeVariables: { xyChart: { plotColorPalette: "#e0443e" } } });
const counts = {};
for (const file of readdirSync(folder).filter((name) => name.endsWith(".mmd"))) {
  const text = readFileSync(join(folder, file), "utf8");
  try {
    const { diagramType, config } = await mermaid.parse(text);
    // The colour of a chart's line is all that a picture may set.
    if (config && Object.keys(config).length > 0 && JSON.stringify(config) !== colours) throw new Error(`it sets ${JSON.stringify(config)}`);
    counts[diagramType] = (counts[diagramType] ?? 0) + 1;
  } catch (error) {
    console.error(`${file}: ${error.message}\n${text}`);
    process.exit(1);
  }
}
const kinds = Object.keys(counts);
console.log(kinds.map((kind) => `${counts[kind]} ${kind}`).join(", "));
if (!kinds.some((kind) => kind.startsWith("flowchart")) || !kinds.includes("xychart")) {
  console.error("a kind of picture is missing");
  process.exit(1);
}
