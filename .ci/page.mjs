// Opens the pages of a folder in a real browser and holds them to what a reader needs. Run by .ci/page.
// usage: node page.mjs FOLDER CHROMIUM [SCREENSHOTS]
import { chromium } from "playwright-core";
import path from "node:path";

const [folder, executablePath, screenshots] = process.argv.slice(2);
const failures = [];
const hold = (condition, what) => { if (!condition) failures.push(what); };
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: flags });

// A page of one report. Anything it says to the console or asks the network for is a failure.
const visit = async (name, { width = 1280, colorScheme = "light", javaScriptEnabled = true } = {}, then = async () => {}) => {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled });
  const page = await context.newPage();
  const label = `${name} at ${width} px, ${colorScheme}${javaScriptEnabled ? "" : ", no script"}`;
  const url = `file://${path.resolve(folder, `${name}.html`)}`;
  page.on("console", (message) => failures.push(`${label}: console: ${message.text()}`));
  page.on("pageerror", (error) => failures.push(`${label}: ${error.message}`));
  page.on("request", (request) => { if (request.url() !== url) failures.push(`${label}: request for ${request.url()}`); });
  page.on("dialog", (dialog) => { failures.push(`${label}: a dialog`); dialog.dismiss(); });
  await page.goto(url);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  hold(overflow <= 0, `${label}: ${overflow} px too wide`);
  if (screenshots) await page.screenshot({ path: path.join(screenshots, `${name}-${width}-${colorScheme}.png`), fullPage: name !== "large" });
  await then(page, label);
  await context.close();
};

for (const name of ["series", "lives", "goroutines", "clean", "unjudged", "hostile", "fixed", "worse", "fleet"]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      await visit(name, { width, colorScheme }, async (page, label) => {
        const [ground, ink] = await page.evaluate(() => {
          const style = getComputedStyle(document.body);
          return [style.backgroundColor, style.color].map((colour) => Number(colour.match(/\d+/)[0]));
        });
        hold(colorScheme === "dark" ? ground < 60 && ink > 180 : ground > 200 && ink < 80, `${label}: colours ${ground} and ${ink}`);
        // Every suspect can be opened, and nothing then sticks out.
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        hold(overflow <= 0, `${label}: ${overflow} px too wide with everything open`);
      });
    }
  }
}

// Suspects open by keyboard, tables sort, charts are named for screen readers.
await visit("series", {}, async (page, label) => {
  const second = page.locator("#s2 > summary");
  await second.focus();
  await page.keyboard.press("Enter");
  hold(await page.locator("#s2").getAttribute("open") !== null, `${label}: Enter does not open a suspect`);
  await page.keyboard.press("Space");
  hold(await page.locator("#s2").getAttribute("open") === null, `${label}: Space does not close a suspect`);
  const numbers = () => page.$$eval("#sites-table tbody tr", (rows) => rows.map((row) => Number(row.cells[4].dataset.v)));
  const after = page.locator("#sites-table th button", { hasText: "after" });
  await after.focus();
  await page.keyboard.press("Enter");
  const down = await numbers();
  hold(down.every((value, index) => index === 0 || down[index - 1] >= value), `${label}: not sorted downwards`);
  hold(await page.locator("#sites-table th").nth(4).getAttribute("aria-sort") === "descending", `${label}: aria-sort`);
  await after.press("Enter");
  const up = await numbers();
  hold(up.every((value, index) => index === 0 || up[index - 1] <= value), `${label}: not sorted upwards`);
  const named = await page.$$eval("svg.chart", (charts) => charts.every((chart) => chart.getAttribute("aria-label")?.includes("snapshots")));
  hold(named, `${label}: a chart without a name`);
});

// The flame graph: search finds, Enter zooms, arrows move, Escape leads back.
await visit("series", {}, async (page, label) => {
  await page.fill("#flame-search", "pageCache");
  const found = await page.locator("#flame-found").textContent();
  hold(/^\d+ functions?, [1-9]\d* % of what is drawn$/.test(found), `${label}: search found "${found}"`);
  hold(await page.locator("#flame-graph .hit").count() > 0, `${label}: nothing found is marked`);
  await page.fill("#flame-search", "");
  await page.locator("#flame-graph [data-box]").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const focused = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  hold(focused?.startsWith("main."), `${label}: the keyboard stands on ${focused}`);
  hold(await page.locator("#flame-graph .past").count() === 2, `${label}: no zoom`);
  await page.keyboard.press("Escape");
  hold(await page.locator("#flame-graph .past").count() === 0, `${label}: Escape shows not all`);
  for (const mode of ["0", "1", "4", "2"]) {
    await page.check(`[name=mode][value='${mode}']`);
    hold(await page.locator("#flame-graph [data-box]").count() > 1, `${label}: nothing is drawn in mode ${mode}`);
  }
});

// What shrank is blue. The sandwich has the function in the middle, its callers above and its callees below; a click
// moves another function there, and Escape leads back.
await visit("series", {}, async (page, label) => {
  const shrunk = page.locator("#flame-graph .less");
  hold(await shrunk.count() === 0, `${label}: shrinkage is among the growth`);
  await page.check("[name=mode][value='4']");
  hold(await shrunk.count() > 0, `${label}: no shrinkage is drawn`);
  await page.check("[name=mode][value='1']");
  await page.check("[name=view][value=sandwich]");
  const rows = () => page.$$eval("#flame-graph [data-box]", (boxes) => boxes.map((box) => [box.textContent, parseInt(box.style.top, 10), box.classList.contains("middle")]));
  const middle = (all) => all.find(([, , isMiddle]) => isMiddle);
  const first = await rows();
  hold(middle(first)?.[0] === "main.(*pageCache).page", `${label}: ${middle(first)} is in the middle`);
  hold(first.some(([name, top]) => name === "main.main.func1" && top < middle(first)[1]), `${label}: no caller above`);
  await page.locator("#flame-graph [data-box]", { hasText: "main.main.func1" }).click();
  const second = await rows();
  hold(middle(second)?.[0] === "main.main.func1", `${label}: a click does not move`);
  hold(second.some(([name, top]) => name === "main.(*pageCache).page" && top > middle(second)[1]), `${label}: no callee below`);
  await page.keyboard.press("Escape");
  hold(await page.locator("#flame-graph .middle").count() === 0, `${label}: Escape leaves the sandwich`);
});

// Two points of a chart show the difference between them, by mouse and by keyboard.
await visit("series", {}, async (page, label) => {
  const chart = page.locator("#s1 svg.chart");
  const words = page.locator("#s1 .between");
  const { width, height } = await chart.boundingBox();
  await chart.click({ position: { x: width * 0.13, y: height * 0.85 } });
  await chart.click({ position: { x: width * 0.97, y: height * 0.2 } });
  const whole = await words.textContent();
  hold(/^1\.0 MiB to 49\.2 MiB: \+48\.2 MiB in 49 s, \+3\.5 GiB an hour\.$/.test(whole), `${label}: between two points "${whole}"`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowRight");
  for (let step = 0; step < 20; step += 1) await page.keyboard.press("ArrowRight");
  hold(await words.textContent() === whole, `${label}: by keyboard "${await words.textContent()}"`);
});

// The theme is the system's until the reader chooses one, and stays chosen.
await visit("series", { colorScheme: "light" }, async (page, label) => {
  const ground = () => page.evaluate(() => Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]));
  await page.check("[name=theme][value=dark]");
  hold(await ground() < 60, `${label}: dark is not dark`);
  await page.reload();
  hold(await ground() < 60 && await page.locator("[name=theme][value=dark]").isChecked(), `${label}: the theme is forgotten`);
  await page.check("[name=theme][value=auto]");
  hold(await ground() > 200, `${label}: auto is not the system's`);
});

// On a narrow screen the numbers of each row are on it, and no line of source is cut.
for (const name of ["series", "goroutines", "unjudged"]) {
  await visit(name, { width: 390 }, async (page, label) => {
    const off = await page.$$eval("table.cards tbody td.n", (cells) => cells.filter((cell) => cell.getClientRects().length > 0 && cell.getBoundingClientRect().right > innerWidth).length);
    hold(off === 0, `${label}: ${off} numbers are off the screen`);
    const cut = await page.$$eval(".source pre", (blocks) => blocks.filter((one) => one.scrollWidth > one.clientWidth).length);
    hold(cut === 0, `${label}: source is cut`);
  });
}

// Without a script everything but the flame graph is there.
await visit("series", { javaScriptEnabled: false }, async (page, label) => {
  hold(await page.locator("#sites-table tbody tr").last().isVisible(), `${label}: rows are hidden`);
  hold(await page.locator("svg.chart").first().isVisible(), `${label}: no chart`);
  await page.locator("#s2 > summary").press("Enter");
  hold(await page.locator("#s2 .evidence").isVisible(), `${label}: suspects do not open`);
});

// On paper everything is open.
await visit("series", {}, async (page, label) => {
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  hold(await page.locator("#s2 .evidence").isVisible(), `${label}: closed on paper`);
  hold(!await page.locator("#flame").isVisible(), `${label}: the flame graph is on paper`);
  if (screenshots) await page.pdf({ path: path.join(screenshots, "series.pdf") });
});

// Five thousand sites: loaded, sorted, filtered and drawn without a wait. Measured again where the machine was busy: a page that is
// slow is so each time.
await visit("large", {}, async (page, label) => {
  const least = async (measure) => {
    let ms = Infinity;
    for (let again = 0; again < 5 && ms >= 1000; again++) ms = Math.min(ms, await measure());
    return ms;
  };
  const loaded = () => page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
  // How long the page takes from an event until it is drawn anew.
  const answered = (selector, value) => page.evaluate(async ([selector, value]) => {
    const start = performance.now();
    const elements = document.querySelectorAll(selector);
    if (value === null) elements[4].click();
    else {
      elements[0].value = value;
      elements[0].dispatchEvent(new Event("input"));
    }
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - start;
  }, [selector, value]);
  const first = await loaded();
  const load = first < 1000 ? first : await least(async () => (await page.reload(), loaded()));
  const sort = await least(() => answered("#sites-table th button", null));
  const filter = await least(() => answered("input.filter", "table499"));
  hold(await page.locator("#sites-table tbody tr:visible").count() > 0, `${label}: the filter finds nothing`);
  const search = await least(() => answered("#flame-search", "Cache"));
  const times = Object.entries({ load, sort, filter, search });
  console.log(`5,000 sites: ${times.map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(", ")}`);
  for (const [name, ms] of times) hold(ms < 1000, `${label}: ${name} took ${Math.round(ms)} ms`);
});
await visit("large", { width: 390, colorScheme: "dark" });

await browser.close();
for (const failure of failures) console.log(`FAILED: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
