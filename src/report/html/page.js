"use strict";
// What the page does beyond being read: sorting, filtering, the flame graph. Without this script nothing is hidden; with
// it, long tables are short from the start, so this runs before there is a body.
document.documentElement.classList.add("script");
const find = (id) => document.getElementById(id);
const make = (name, text, parent) => {
  const element = document.createElement(name);
  element.textContent = text;
  if (parent) parent.append(element);
  return element;
};

// The theme: as the system has it, or as the reader chose; remembered where the browser allows that.
const THEMES = ["auto", "light", "dark"];
const STORED_AS = "pprof-leaks-theme";
const remembered = () => {
  try { return localStorage.getItem(STORED_AS); } catch { return null; }
};
const themed = (theme) => {
  document.documentElement.dataset.theme = THEMES.includes(theme) ? theme : "auto";
  try { localStorage.setItem(STORED_AS, theme); } catch { /* Only this page, then. */ }
};
if (remembered()) themed(remembered());
const themes = () => {
  const choice = make("fieldset", "");
  choice.className = "themes";
  make("legend", "Colours", choice).className = "hidden";
  for (const theme of THEMES) {
    const label = make("label", "", choice);
    const radio = make("input", "", label);
    Object.assign(radio, { type: "radio", name: "theme", value: theme, checked: theme === (document.documentElement.dataset.theme ?? "auto") });
    radio.addEventListener("change", () => themed(theme));
    label.append(theme);
  }
  document.querySelector(".kicker").append(choice);
};

const quantity = (value, unit) => {
  if (unit !== "bytes") return Math.round(value).toLocaleString("en");
  let size = Math.abs(value);
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let power = 0;
  while (size >= 1023.95 && power < units.length - 1) { size /= 1024; power += 1; }
  return `${value < 0 ? "-" : ""}${size.toFixed(power ? 1 : 0)} ${units[power]}`;
};
const signed = (value, unit) => (value < 0 ? "" : "+") + quantity(value, unit);
const percent = (share) => (share > 0 && share < 0.01 ? "<1 %" : `${Math.round(100 * share)} %`);

// Links open what they lead to, and printing opens everything.
const links = () => {
  const open = () => {
    const target = location.hash && find(decodeURIComponent(location.hash.slice(1)));
    for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  open();
};

// Tables: a button in each head sorts, numbers by their value and words by their letters.
const sorting = () => {
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const value = (row, column) => {
      const cell = row.cells[column];
      return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
    };
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      if (!head.hasAttribute("aria-sort")) head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "none" ? head.classList.contains("n") : head.getAttribute("aria-sort") === "ascending";
        heads.forEach((one) => one.setAttribute("aria-sort", "none"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const keyed = [...body.rows].map((row) => [value(row, column), row]);
        keyed.sort(([a], [b]) => (down ? -1 : 1) * (typeof a === "number" ? a - b : a.localeCompare(b)));
        const shown = keyed.length - body.querySelectorAll(".more").length;
        keyed.forEach(([, row], index) => row.classList.toggle("more", index >= shown));
        body.append(...keyed.map(([, row]) => row));
      });
    });
    const hidden = body.querySelectorAll(".more").length;
    if (hidden > 0) {
      const all = make("button", `Show all ${body.rows.length.toLocaleString("en")}`);
      all.type = "button";
      all.className = "show";
      all.addEventListener("click", () => { table.classList.add("all"); all.remove(); });
      table.parentElement.after(all);
    }
  }
};

const filtering = () => {
  for (const filter of document.querySelectorAll("input.filter")) {
    const table = find(filter.dataset.table);
    let texts;
    filter.addEventListener("input", () => {
      texts ??= [...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]);
      const wanted = filter.value.trim().toLowerCase();
      if (wanted) table.classList.add("all");
      for (const [row, text] of texts) row.classList.toggle("unmatched", !text.includes(wanted));
    });
  }
};

