// Holds a Grafana dashboard, and each panel's options, to a JSON schema made from Grafana's TypeScript types.
// usage: node dashboard.mjs MODULES DASHBOARD
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [modules, path] = process.argv.slice(2).map((argument) => resolve(argument));
const require = createRequire(join(modules, "package.json"));
const { createGenerator } = require("ts-json-schema-generator");
const Ajv = require("ajv");
const types = join(modules, "node_modules/@grafana/schema/dist/types/raw");
const folder = mkdtempSync(join(tmpdir(), "dashboard-"));

// A check of values of one type of one of Grafana's files; what the type does not know is an error.
function checker(file, type) {
    const source = join(folder, "types.ts");
    writeFileSync(source, `import type { ${type} } from "${join(types, file)}";\nexport type { ${type} };\n`);
    const generator = createGenerator({ path: source, type, skipTypeCheck: true, additionalProperties: false });
    return new Ajv({ allErrors: true, strict: false }).compile(generator.createSchema(type));
}

const problems = [];
function hold(check, value, where) {
    if (check(value)) return;
    for (const { instancePath, message, params } of check.errors) {
        problems.push(`${where}${instancePath} ${message} ${JSON.stringify(params)}`);
    }
}

try {
    const dashboard = JSON.parse(readFileSync(path, "utf8"));
    hold(checker("dashboard/x/types.gen", "Dashboard"), dashboard, "");
    const ids = dashboard.panels.map((panel) => panel.id);
    if (new Set(ids).size !== ids.length) problems.push("two panels have one id");
    const options = {};
    for (const panel of dashboard.panels.filter((panel) => panel.type !== "row")) {
        options[panel.type] ??= checker(`composable/${panel.type}/panelcfg/x/types.gen`, "Options");
        hold(options[panel.type], panel.options, `${panel.title}: options`);
    }
} finally {
    rmSync(folder, { recursive: true });
}
if (problems.length) {
    console.log(problems.join("\n"));
    process.exit(1);
}
console.log("the dashboard is as Grafana's types have it");
