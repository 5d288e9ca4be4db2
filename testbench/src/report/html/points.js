// The points of the page: their figures as texts, their intervals, what a filter lets through.
// Promises: nothing here touches the page but to read its data.

const data = JSON.parse(document.getElementById("data").textContent);
const count = data.standing.length;
const SMALL = ["a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P"];
const STANDINGS = ["sure", "nominal", "possible"];
// Shapes beside colours: nobody needs to tell the colours apart.
const SHAPES = { sure: "\u25cf", nominal: "\u25c6", possible: "\u25b3", "": "\u00b7" };

/** A number in three digits. */
function digits(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** A figure of a quantity as its reader wants it. */
function figure(quantity, value) {
  if (value === null || value === undefined) return "-";
  const shown = quantity.shown;
  if (shown.as === "percent") return (100 * value).toFixed(1) + "\u00a0%";
  if (shown.as === "fixed") return (value / shown.one).toFixed(4) + "\u00a0" + shown.unit;
  if (shown.as === "prefixed") {
    const own = value / shown.one;
    if (own === 0) return "0\u00a0" + shown.unit;
    let at = Math.min(Math.max(Math.floor(Math.log10(Math.abs(own)) / 3) + 6, 0), SMALL.length - 1);
    let text = digits(own / 1000 ** (at - 6));
    if (Math.abs(Number(text)) >= 1000 && at + 1 < SMALL.length) text = digits(own / 1000 ** (++at - 6));
    return text + "\u00a0" + SMALL[at] + shown.unit;
  }
  const text = Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Between what a figure may be: its ends, and a standard error beyond them. */
function interval(quantity, point) {
  const mean = quantity.mean[point];
  if (mean === null) return null;
  const [low, high] = quantity.ends ? quantity.ends.map((end) => end[point]) : [mean, mean];
  const error = (quantity.error && quantity.error[point]) || 0;
  return [low - error, high + error];
}

/** The command that repeats a point. */
function command(point) {
  return data.commands.of[point].map((word) => data.commands.words[word]).join(" ");
}

/** A number as it is typed, with a prefix and a unit or without; null where it is none. */
function typed(text, shown) {
  const found = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-zA-Z%0-9]*)$/.exec(text.trim().replace(/,/g, ""));
  if (!found) return null;
  const number = Number(found[1]);
  const unit = found[2];
  if (!shown) return unit === "" ? number : null;
  if (shown.as === "percent") return unit === "" || unit === "%" ? number / 100 : null;
  if (shown.as === "count") return unit === "" ? number : null;
  if (shown.as === "fixed") return unit === "" || unit === shown.unit ? number * shown.one : null;
  const prefix = unit.endsWith(shown.unit) ? unit.slice(0, unit.length - shown.unit.length) : unit;
  const at = SMALL.indexOf(prefix);
  return at < 0 ? null : number * 1000 ** (at - 6) * shown.one;
}

/** What one word of a filter says of a column: a test of a point, or null where it says nothing. */
function wordOf(column, word) {
  const compared = /^(<=|>=|<|>|=)(.*)$/.exec(word);
  const between = /^(.+?)\.\.(.+)$/.exec(word);
  if (between) {
    const [low, high] = [typed(between[1], column.shown), typed(between[2], column.shown)];
    if (low === null || high === null) return null;
    return (point) => column.number(point) !== null && column.number(point) >= low && column.number(point) <= high;
  }
  if (compared && !(compared[1] === "=" && !column.shown && typed(compared[2]) === null)) {
    const value = typed(compared[2], column.shown);
    if (value === null) return null;
    // What is not known is compared with nothing; equal is what shows as the same.
    const of = (test) => (point) => column.number(point) !== null && test(column.number(point));
    return {
      "<": of((own) => own < value),
      "<=": of((own) => own <= value),
      ">": of((own) => own > value),
      ">=": of((own) => own >= value),
      "=": of((own) => Math.abs(own - value) <= 1e-9 * Math.abs(value)),
    }[compared[1]];
  }
  const asked = compared ? compared[2] : word;
  if (!column.shown && typed(asked) !== null) return (point) => column.number(point) === typed(asked);
  const small = asked.toLowerCase();
  const plain = (text) => text.replace(/\u00a0/g, " ").toLowerCase();
  return (point) => (compared ? plain(column.text(point)) === small : plain(column.text(point)).includes(small));
}

/** A filter as a test of a point; null where it says nothing. */
function filter(column, text) {
  const words = text.split(/,(?!\d{3}(?!\d))/).map((word) => word.trim()).filter((word) => word !== "");
  const tests = words.map((word) => wordOf(column, word));
  return tests.some((test) => test === null) ? null : (point) => tests.some((test) => test(point));
}

/** The columns of the table: what each shows of a point, and as what it is sorted. */
function columns() {
  const all = [{ name: "point", text: (point) => String(point), number: (point) => point, right: true }];
  const rank = (point) => (data.standing[point] === "" ? 4 : STANDINGS.indexOf(data.standing[point]));
  const failed = (point) => (data.errors[point] === undefined ? data.standing[point] : "no figures");
  all.push({ name: "front", text: failed, number: rank, words: true });
  for (const axis of data.axes) {
    const numbers = axis.values.map((value) => typed(value));
    const right = numbers.every((number) => number !== null);
    const order = [...axis.values].sort();
    all.push({
      name: axis.name,
      title: axis.what,
      right,
      text: (point) => axis.values[axis.at[point]],
      number: (point) => numbers[axis.at[point]] ?? order.indexOf(axis.values[axis.at[point]]),
    });
  }
  for (const quantity of data.quantities) {
    all.push({
      name: quantity.name,
      shown: quantity.shown,
      right: true,
      text: (point) => figure(quantity, quantity.mean[point]),
      number: (point) => quantity.mean[point],
    });
  }
  return all;
}
