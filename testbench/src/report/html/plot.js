// The plot: a quantity over another, a mark a point, on a canvas.
// Promises: what is drawn are the points that the filters let through; colours are the style sheet's.

/** Places on an axis, from the least to the most of some intervals. */
class Scale {
  constructor(low, high, log, from, to) {
    this.log = log && low > 0;
    const at = (value) => (this.log ? Math.log10(value) : value);
    let [a, b] = [at(low), at(high)];
    const room = (b - a || Math.abs(b) || 1) * 0.04;
    [this.a, this.b, this.from, this.to] = [a - room, b + room, from, to];
  }

  place(value) {
    const at = this.log ? Math.log10(Math.max(value, 1e-300)) : value;
    return this.from + ((at - this.a) / (this.b - this.a)) * (this.to - this.from);
  }

  /** Round values on the axis, about `most` of them. */
  ticks(most) {
    if (this.log && this.b - this.a > 0.6) {
      const within = [];
      const steps = this.b - this.a > most ? [1] : this.b - this.a > most / 3 ? [1, 3] : [1, 2, 5];
      for (let decade = Math.floor(this.a); decade <= this.b; decade++) {
        within.push(...steps.map((step) => step * 10 ** decade));
      }
      return within.filter((value) => Math.log10(value) >= this.a && Math.log10(value) <= this.b);
    }
    const [low, high] = this.log ? [10 ** this.a, 10 ** this.b] : [this.a, this.b];
    const rough = (high - low) / most;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
    const ticks = [];
    for (let at = Math.ceil(low / step); at * step <= high; at++) ticks.push(at * step);
    return ticks;
  }
}

class Plot {
  constructor(canvas, told) {
    Object.assign(this, { canvas, told, across: 0, up: 0, logs: [false, false], bars: true, visible: [], places: new Map() });
    Object.assign(this, { kept: -1, near: -1, base: document.createElement("canvas") });
    const resized = () => this.size !== this.wanted() && this.draw();
    new ResizeObserver(resized).observe(canvas);
    for (const query of ["(prefers-color-scheme: dark)", "print"]) {
      matchMedia(query).addEventListener("change", () => this.draw());
    }
    canvas.addEventListener("pointermove", (event) => this.point(this.under(event)));
    canvas.addEventListener("pointerleave", () => this.point(-1));
    canvas.addEventListener("click", (event) => told.keep(this.under(event)));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  quantities() {
    return [data.quantities[this.across], data.quantities[this.up]];
  }

  /** The points that are drawn: those with both figures. */
  drawn() {
    const [x, y] = this.quantities();
    return this.visible.filter((point) => x.mean[point] !== null && y.mean[point] !== null);
  }

  /** Of the points drawn those that none of them beats in both. */
  line(points) {
    const [x, y] = this.quantities();
    const cost = (quantity, point) => (quantity.more_is_better ? -1 : 1) * quantity.mean[point];
    const order = points.filter((point) => data.counts[point]);
    order.sort((a, b) => cost(x, a) - cost(x, b) || cost(y, a) - cost(y, b));
    let least = Infinity;
    return order.filter((point) => cost(y, point) < least && ((least = cost(y, point)), true));
  }

  /** Pixels of the canvas as the page has it now. */
  wanted() {
    return [this.canvas.clientWidth, this.canvas.clientHeight, devicePixelRatio].join();
  }

  /** A pen for a canvas of the page's size. */
  pen(canvas) {
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(this.canvas.clientWidth * ratio);
    canvas.height = Math.round(this.canvas.clientHeight * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.font = "12px system-ui, sans-serif";
    return pen;
  }

  color() {
    const style = getComputedStyle(document.documentElement);
    return (name) => style.getPropertyValue("--" + name).trim();
  }

  /** Draws all that does not follow the pointer, aside, and shows it. */
  draw() {
    const color = this.color();
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.size = this.wanted();
    const pen = this.pen(this.base);
    const points = this.drawn();
    this.places = new Map();
    if (points.length === 0) {
      pen.fillStyle = color("quiet");
      pen.fillText("No point that is shown has both figures.", 12, 24);
      return this.show();
    }
    const [x, y] = this.quantities();
    const front = points.filter((point) => data.standing[point] !== "");
    const range = (quantity) => {
      let [low, high] = [Infinity, -Infinity];
      const wide = this.bars ? new Set(front) : new Set();
      for (const point of points) {
        const mean = quantity.mean[point];
        const [a, b] = wide.has(point) ? interval(quantity, point) : [mean, mean];
        [low, high] = [Math.min(low, a, mean), Math.max(high, b, mean)];
      }
      return [low, high];
    };
    const across = new Scale(...range(x), this.logs[0], 74, width - 14);
    this.scales = [across, new Scale(...range(y), this.logs[1], height - 40, 12)];
    this.axes(pen, color, width, height);
    this.marks(pen, color, points, front);
    this.show();
  }

  /** What was drawn, and above it the points that are kept or near. */
  show() {
    const [pen, color] = [this.pen(this.canvas), this.color()];
    pen.drawImage(this.base, 0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    for (const point of [this.kept, this.near]) {
      if (!this.places.has(point)) continue;
      this.spread(pen, color("text"), point);
      this.mark(pen, color("text"), point, 7, true);
    }
  }

  axes(pen, color, width, height) {
    const [x, y] = this.quantities();
    const [across, up] = this.scales;
    pen.strokeStyle = color("line");
    pen.fillStyle = color("quiet");
    pen.lineWidth = 1;
    const rule = (a, b, c, d) => {
      pen.beginPath();
      pen.moveTo(a, b);
      pen.lineTo(c, d);
      pen.stroke();
    };
    pen.textAlign = "center";
    let free = 40;
    for (const value of across.ticks(Math.max(width / 110, 2))) {
      const at = Math.round(across.place(value)) + 0.5;
      rule(at, 12, at, height - 40);
      const text = figure(x, value);
      const half = pen.measureText(text).width / 2;
      if (at - half < free || at + half > width) continue;
      pen.fillText(text, at, height - 24);
      free = at + half + 8;
    }
    pen.textAlign = "right";
    for (const value of up.ticks(Math.max(height / 60, 2))) {
      const at = Math.round(up.place(value)) + 0.5;
      rule(74, at, width - 14, at);
      pen.fillText(figure(y, value), 68, at + 4);
    }
    pen.fillStyle = color("text");
    const better = (quantity) => (quantity.more_is_better ? ", more is better" : "");
    pen.fillText(x.name + better(x), width - 14, height - 6);
    pen.save();
    pen.translate(11, 12);
    pen.rotate(-Math.PI / 2);
    pen.fillText(y.name + better(y), 0, 0);
    pen.restore();
  }

  marks(pen, color, points, front) {
    const [x, y] = this.quantities();
    const [across, up] = this.scales;
    const at = (point) => [across.place(x.mean[point]), up.place(y.mean[point])];
    for (const point of points) this.places.set(point, at(point));
    pen.fillStyle = color("beaten");
    pen.globalAlpha = points.length > 2000 ? 0.35 : 0.6;
    for (const point of points) {
      if (data.standing[point] !== "") continue;
      const [left, top] = this.places.get(point);
      pen.fillRect(left - 1.5, top - 1.5, 3, 3);
    }
    pen.globalAlpha = 0.8;
    pen.strokeStyle = color("quiet");
    pen.setLineDash([5, 4]);
    pen.beginPath();
    let last = null;
    for (const point of this.line(points)) {
      const [left, top] = this.places.get(point);
      if (last) pen.lineTo(left, last[1]);
      pen.lineTo(left, top);
      last = [left, top];
    }
    pen.stroke();
    pen.setLineDash([]);
    if (this.bars) {
      pen.globalAlpha = front.length > 200 ? 0.2 : 0.5;
      front.forEach((point) => this.spread(pen, color(data.standing[point]), point));
    }
    pen.globalAlpha = 1;
    // Those that are surest last, on top.
    for (const standing of [...STANDINGS].reverse()) {
      for (const point of front) if (data.standing[point] === standing) this.mark(pen, color(standing), point, 4.5, false);
    }
  }

  /** The intervals of a point, as lines with ends. */
  spread(pen, color, point) {
    const [x, y] = this.quantities();
    const [left, top] = this.places.get(point);
    const [a, b] = interval(x, point).map((value) => this.scales[0].place(value));
    const [c, d] = interval(y, point).map((value) => this.scales[1].place(value));
    const rules = [];
    if (b - a > 1) rules.push([a, top, b, top], [a, top - 3, a, top + 3], [b, top - 3, b, top + 3]);
    if (c - d > 1) rules.push([left, c, left, d], [left - 3, c, left + 3, c], [left - 3, d, left + 3, d]);
    pen.strokeStyle = color;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const [fromLeft, fromTop, toLeft, toTop] of rules) {
      pen.moveTo(fromLeft, fromTop);
      pen.lineTo(toLeft, toTop);
    }
    pen.stroke();
  }

  /** A mark of a point: a disc, a diamond, an open triangle; a ring around whatever is there. */
  mark(pen, color, point, size, ring) {
    const [left, top] = this.places.get(point);
    pen.beginPath();
    pen.lineWidth = ring ? 2 : 1.5;
    pen.strokeStyle = pen.fillStyle = color;
    const standing = ring ? "ring" : data.standing[point];
    if (standing === "nominal") {
      pen.moveTo(left, top - size - 1);
      pen.lineTo(left + size + 1, top);
      pen.lineTo(left, top + size + 1);
      pen.lineTo(left - size - 1, top);
      pen.closePath();
      pen.fill();
    } else if (standing === "possible") {
      pen.moveTo(left, top - size);
      pen.lineTo(left + size, top + size * 0.8);
      pen.lineTo(left - size, top + size * 0.8);
      pen.closePath();
      pen.stroke();
    } else {
      pen.arc(left, top, size, 0, 2 * Math.PI);
      if (ring) pen.stroke();
      else pen.fill();
    }
  }

  /** The point nearest to the pointer, those of the front first; -1 where none is near. */
  under(event) {
    const box = this.canvas.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    let [best, distance] = [-1, 20];
    for (const [point, place] of this.places) {
      const away = Math.hypot(place[0] - left, place[1] - top) - (data.standing[point] === "" ? 0 : 3);
      if (away < distance) [best, distance] = [point, away];
    }
    return best;
  }

  point(at) {
    if (at === this.near) return;
    this.near = at;
    this.show();
    this.told.near(at, this.places.get(at));
  }

  /** Along the front, or along all points where none shown is on it. */
  key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    if (event.key === "Enter") this.told.keep(this.near);
    if (event.key === "Escape") [this.point(-1), this.told.keep(-1)];
    if (!(event.key in steps)) return;
    event.preventDefault();
    const points = this.drawn();
    const front = points.filter((point) => data.standing[point] !== "");
    const order = (front.length ? front : points).sort((a, b) => this.places.get(a)[0] - this.places.get(b)[0]);
    const from = order.indexOf(this.near);
    const to = from < 0 ? 0 : Math.min(Math.max(from + steps[event.key], 0), order.length - 1);
    if (order.length) this.point(order[to]);
  }
}
