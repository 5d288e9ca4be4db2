// What the page does: choices, legend, the point that is kept or near, and how its parts tell each other.

const part = (id) => document.getElementById(id);

/** An element with a text and more in it. */
function made(name, text, ...more) {
  const element = document.createElement(name);
  if (text) element.textContent = text;
  element.append(...more);
  return element;
}

function list(pairs) {
  const all = document.createElement("dl");
  for (const [name, text, small] of pairs) {
    all.append(made("dt", name), made("dd", text, ...(small ? [made("small", small)] : [])));
  }
  return all;
}

/** What is known of a figure beside its mean. */
function spreadOf(quantity, point) {
  const words = [];
  if (quantity.ends && quantity.mean[point] !== null) {
    const [low, high] = quantity.ends.map((end) => figure(quantity, end[point]));
    words.push(low === high ? "" : low + " to " + high);
  }
  const error = quantity.error && quantity.error[point];
  if (error) words.push("s.e. " + figure(quantity, error));
  return words.filter((word) => word !== "").join("; ");
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const selection = getSelection();
    selection.selectAllChildren(button.previousElementSibling);
    document.execCommand("copy");
  }
  button.textContent = "copied";
  setTimeout(() => (button.textContent = "copy"), 1500);
}

const WORDS = {
  sure: "on the front at every end of prices and within the errors of seeds",
  nominal: "on the front at nominal prices and in the mean of seeds",
  possible: "beaten there, but not everywhere",
};

function details(point) {
  const place = part("details");
  if (point < 0 || point >= count) {
    place.replaceChildren(made("h3", "No point"), made("p", "Point at one in the plot, or click a row."));
    return;
  }
  const standing = data.standing[point];
  const parts = [made("h3", "Point " + point)];
  if (standing) {
    const said = made("p", SHAPES[standing] + " " + standing + ": " + WORDS[standing]);
    said.className = "note " + standing;
    parts.push(said);
  }
  const error = data.errors[point];
  if (error !== undefined) {
    const said = made("p", error);
    said.className = "note bad";
    parts.push(said);
  }
  const moved = data.axes.map((axis) => [axis.name, axis.values[axis.at[point]], axis.what === axis.name ? "" : axis.what]);
  const figures = data.quantities.map((of) => [of.name, figure(of, of.mean[point]), spreadOf(of, point)]);
  const lists = made("div", "", list(moved), list(figures));
  lists.className = "lists";
  parts.push(lists);
  if (data.remarks[point]) parts.push(made("h4", "Intervals overlap with points"), list(data.remarks[point]));
  const text = command(point);
  const button = made("button", "copy");
  button.type = "button";
  button.addEventListener("click", () => copy(text, button));
  parts.push(made("h4", "The command that repeats it"), made("pre", text), button);
  place.replaceChildren(...parts);
}

function start() {
  let kept = -1;
  const near = (point, at) => {
    const tip = part("tip");
    tip.hidden = point < 0 || !at;
    if (!tip.hidden) {
      const lines = plot.quantities().map((of) => made("div", of.name + " " + figure(of, of.mean[point])));
      const standing = data.standing[point] ? ", " + data.standing[point] : "";
      tip.replaceChildren(made("b", "point " + point + standing), ...lines);
      const [width, own] = [part("canvas").clientWidth, tip.offsetWidth + 14];
      tip.style.left = (at[0] + own > width ? Math.max(at[0] - own, 0) : at[0] + 14) + "px";
      tip.style.top = Math.max(at[1] - 20, 0) + "px";
    }
    if (point >= 0 || kept >= 0) details(point >= 0 ? point : kept);
  };
  const keep = (point) => {
    kept = plot.kept = point;
    table.keep(point);
    details(point);
    plot.show();
  };
  const shown = (points) => {
    const [some, all] = [points.length, count].map((number) => number.toLocaleString("en"));
    part("shown").textContent = (some === all ? all : some + " of " + all) + " points";
    plot.visible = points;
    plot.draw();
  };
  const turned = (page, pages) => {
    part("page").textContent = "page " + (page + 1) + " of " + pages;
    part("back").disabled = page === 0;
    part("on").disabled = page + 1 === pages;
  };
  const plot = new Plot(part("canvas"), { near, keep });
  choose(plot);
  const table = new PointsTable(part("points"), { shown, turned, keep });
  part("back").addEventListener("click", () => table.turn(-1));
  part("on").addEventListener("click", () => table.turn(1));
  part("clear").addEventListener("click", () => [(part("only-front").checked = table.onlyFront = false), table.clear()]);
  part("only-front").addEventListener("change", (event) => [(table.onlyFront = event.target.checked), table.apply()]);
  legend();
  // Something to begin with: the first of the front.
  keep(table.order.length ? table.order[0] : -1);
}

/** Which quantities are drawn, and how. */
function choose(plot) {
  const last = data.quantities.length - 1;
  const logarithmic = (quantity) => {
    const known = quantity.mean.filter((value) => value !== null);
    const [low, high] = known.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, 0]);
    return quantity.shown.as !== "percent" && low > 0 && high / low > 20;
  };
  [["across", 0, Math.min(1, last)], ["up", 1, 0]].forEach(([name, at, first]) => {
    const [select, log] = [part(name), part(name + "-log")];
    data.quantities.forEach((quantity, index) => select.append(new Option(quantity.name, index)));
    const set = (redraw) => {
      plot[name] = Number(select.value);
      log.checked = plot.logs[at] = logarithmic(data.quantities[plot[name]]);
      label(plot);
      if (redraw) plot.draw();
    };
    select.value = first;
    select.addEventListener("change", () => set(true));
    log.addEventListener("change", () => [(plot.logs[at] = log.checked), plot.draw()]);
    set(false);
  });
  part("bars").addEventListener("change", (event) => [(plot.bars = event.target.checked), plot.draw()]);
}

function label(plot) {
  const [x, y] = plot.quantities();
  part("canvas").setAttribute("aria-label", y.name + " over " + x.name + ", a mark a point");
}

function legend() {
  const entries = STANDINGS.map((standing) => {
    const own = data.standing.filter((one) => one === standing).length;
    return [standing, SHAPES[standing] + " " + standing + " " + own.toLocaleString("en")];
  });
  const beaten = data.standing.filter((one, point) => one === "" && data.counts[point]).length;
  entries.push(["beaten", "\u25aa beaten " + beaten.toLocaleString("en")]);
  for (const [name, text] of entries) {
    const entry = made("span", text);
    entry.className = name;
    part("legend").append(entry);
  }
  part("legend").append(made("span", "- - front of the two"));
}

start();
