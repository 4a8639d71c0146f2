// Charts: two points that are chosen, by click or by keyboard, show the difference between them.
const span = (seconds) => {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86400).toFixed(1)} d`;
};

// The points of a chart by time: where each is drawn, and what it stands for.
const pointsOf = (chart) => {
  const points = [];
  for (const series of chart.querySelectorAll("[data-points]")) {
    const drawn = series.querySelector("polyline").getAttribute("points").split(" ");
    series.dataset.points.split(" ").forEach((pair, index) => {
      const [at, value] = pair.split(",").map(Number);
      const [x, y] = drawn[index].split(",").map(Number);
      points.push({ at, value, x, y });
    });
  }
  return points.sort((a, b) => a.x - b.x || a.y - b.y);
};

const choosing = (chart) => {
  const points = pointsOf(chart);
  const unit = chart.dataset.unit;
  const counted = chart.dataset.counted !== undefined;
  // Said once, where people look at one chart; the totals at the top have the same.
  const hint = "Choose two points to see the change between them.";
  const words = make("output", chart.closest(".growth") ? hint : "");
  words.className = "between small";
  chart.after(words);
  const mark = (name) => {
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    dot.setAttribute("r", "7");
    dot.setAttribute("class", name);
    dot.setAttribute("hidden", "");
    return chart.appendChild(dot);
  };
  const marks = [mark("chosen"), mark("chosen")];
  let first = null;
  let second = null;
  const place = (dot, index) => {
    dot.toggleAttribute("hidden", index === null);
    if (index === null) return;
    dot.setAttribute("cx", points[index].x);
    dot.setAttribute("cy", points[index].y);
  };
  const show = () => {
    place(marks[0], first);
    place(marks[1], second);
    if (first === null) return;
    const [from, to] = [points[first], points[second ?? first]].sort((a, b) => a.at - b.at);
    if (from === to) {
      words.textContent = `${quantity(from.value, unit)} here; choose another point.`;
      return;
    }
    const change = to.value - from.value;
    const seconds = to.at - from.at;
    const pace = counted || seconds <= 0 ? "" : ` in ${span(seconds)}, ${signed((change * 3600) / seconds, unit)} an hour`;
    words.textContent = `${quantity(from.value, unit)} to ${quantity(to.value, unit)}: ${signed(change, unit)}${pace}.`;
  };
  const choose = (index) => {
    if (first === null || second !== null) [first, second] = [index, null];
    else second = index;
    show();
  };
  chart.addEventListener("click", (event) => {
    const box = chart.getBoundingClientRect();
    const scale = chart.viewBox.baseVal.width / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    // Lines of two series may stand at one time: height counts, but less.
    const distance = (point) => Math.hypot(point.x - x, (point.y - y) / 4);
    let nearest = 0;
    points.forEach((point, index) => { if (distance(point) < distance(points[nearest])) nearest = index; });
    choose(nearest);
  });
  chart.tabIndex = 0;
  chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") [first, second] = [null, null];
    else if (event.key === "Enter" && second !== null) [first, second] = [second, null];
    else if (step && first === null) first = step > 0 ? 0 : points.length - 1;
    else if (step) second = Math.min(points.length - 1, Math.max(0, (second ?? first) + step));
    else return;
    event.preventDefault();
    show();
  });
};
