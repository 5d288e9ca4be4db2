// The table of all points: sorted by a click on a head, filtered by what is typed below it, a page at a time.
// Promises: the points shown and their order depend on heads and filters alone.

const ROWS_A_PAGE = 50;
// Longer texts are cut; the whole one is in the details, and what a filter looks at.
const MOST_LETTERS = 64;

class PointsTable {
  constructor(table, told) {
    Object.assign(this, { table, told, columns: columns(), sorted: 1, down: false, page: 0, order: [], onlyFront: false });
    this.filters = this.columns.map(() => null);
    this.body = document.createElement("tbody");
    this.table.append(this.heads(), this.body);
    this.apply();
  }

  heads() {
    const head = document.createElement("thead");
    const [names, inputs] = [head.insertRow(), head.insertRow()];
    this.columns.forEach((column, index) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (column.right) cell.className = "number";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = column.name;
      if (column.title) button.title = column.title;
      button.addEventListener("click", () => this.sort(index));
      cell.append(button);
      names.append(cell);
      const input = document.createElement("input");
      input.setAttribute("aria-label", "filter " + column.name);
      input.spellcheck = false;
      input.addEventListener("input", () => this.narrow(index, input));
      const below = document.createElement("th");
      below.append(input);
      inputs.append(below);
    });
    this.names = [...names.cells];
    this.inputs = [...inputs.querySelectorAll("input")];
    return head;
  }

  sort(index) {
    this.down = this.sorted === index ? !this.down : false;
    this.sorted = index;
    this.apply();
  }

  narrow(index, input) {
    const text = input.value.trim();
    this.filters[index] = text === "" ? null : filter(this.columns[index], text);
    input.setAttribute("aria-invalid", text !== "" && this.filters[index] === null);
    this.apply();
  }

  clear() {
    this.inputs.forEach((input) => {
      input.value = "";
      input.setAttribute("aria-invalid", false);
    });
    this.filters.fill(null);
    this.apply();
  }

  /** Which points are shown, and in which order. */
  apply() {
    const tests = this.filters.filter((test) => test !== null);
    if (this.onlyFront) tests.push((point) => data.standing[point] !== "");
    const shown = [];
    for (let point = 0; point < count; point++) if (tests.every((test) => test(point))) shown.push(point);
    const number = this.columns[this.sorted].number;
    const keys = new Map(shown.map((point) => [point, number(point)]));
    const sign = this.down ? -1 : 1;
    // What is not known comes last; of equals the first.
    shown.sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (x === null || y === null) return (x === null) - (y === null) || a - b;
      return sign * (x - y) || a - b;
    });
    this.order = shown;
    this.page = 0;
    this.names.forEach((cell, index) => {
      const on = index === this.sorted;
      cell.firstChild.textContent = this.columns[index].name + (on ? (this.down ? " \u2193" : " \u2191") : "");
      if (on) cell.setAttribute("aria-sort", this.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    this.fill();
    this.told.shown(shown);
  }

  pages() {
    return Math.max(Math.ceil(this.order.length / ROWS_A_PAGE), 1);
  }

  turn(by) {
    this.page = Math.min(Math.max(this.page + by, 0), this.pages() - 1);
    this.fill();
  }

  fill() {
    const from = this.page * ROWS_A_PAGE;
    const rows = this.order.slice(from, from + ROWS_A_PAGE).map((point) => {
      const row = document.createElement("tr");
      row.dataset.point = point;
      row.addEventListener("click", () => this.told.keep(point));
      this.columns.forEach((column, index) => {
        const cell = row.insertCell();
        if (column.right) cell.className = "number";
        const text = column.text(point);
        if (index === 0) {
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = text;
          cell.append(button);
        } else if (column.words && text !== "") {
          const standing = data.standing[point];
          cell.className = "standing " + (standing || "bad");
          cell.textContent = (standing ? SHAPES[standing] + "\u00a0" : "") + text;
        } else if (text.length > MOST_LETTERS) {
          cell.textContent = text.slice(0, MOST_LETTERS - 1) + "\u2026";
          cell.title = text;
        } else cell.textContent = text;
      });
      return row;
    });
    this.body.replaceChildren(...rows);
    this.told.turned(this.page, this.pages());
    this.keep(this.kept);
  }

  keep(point) {
    this.kept = point;
    for (const row of this.body.rows) row.classList.toggle("kept", Number(row.dataset.point) === point);
  }
}
