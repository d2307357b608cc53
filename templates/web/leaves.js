// Covering parts of pages: drag over a page, press a part to take it away. The covers travel as fields of the form.
(() => {
  "use strict";
  const FULL = 10000, LEAST = 60, BAND = 800;
  const form = document.getElementById("cac-trang");
  if (!form) return;
  document.documentElement.classList.add("script");
  const said = document.getElementById("so-phan");
  const part = (value) => Math.max(0, Math.min(FULL, Math.round(value)));
  const box = (rect) => ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));

  function put(rect, left, top, right, bottom) {
    rect.setAttribute("x", left);
    rect.setAttribute("y", top);
    rect.setAttribute("width", right - left);
    rect.setAttribute("height", bottom - top);
  }
  // A cover can be reached and taken away without a mouse.
  function ready(svg, rect) {
    rect.setAttribute("tabindex", "0");
    rect.setAttribute("role", "button");
    rect.setAttribute("aria-label", svg.dataset.cover);
  }
  function fresh(svg) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    svg.append(rect);
    return rect;
  }
  function count() {
    said.value = `${form.querySelectorAll("svg rect").length} ${said.dataset.words}`;
  }

  for (const leaf of form.querySelectorAll(".leaf")) {
    const svg = leaf.querySelector("svg");
    svg.querySelectorAll("rect").forEach((rect) => ready(svg, rect));
    const at = (event) => {
      const place = svg.getBoundingClientRect();
      return [part((event.clientX - place.left) / place.width * FULL), part((event.clientY - place.top) / place.height * FULL)];
    };
    let drawn, from;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      if (event.target.tagName === "rect") {
        event.target.remove();
        return count();
      }
      from = at(event);
      drawn = fresh(svg);
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      if (!drawn) return;
      const to = at(event);
      put(drawn, Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1]));
    });
    const end = () => {
      if (!drawn) return;
      const [, , width, height] = box(drawn);
      // A mere press covers nothing.
      if (!(width >= LEAST && height >= LEAST)) drawn.remove();
      else ready(svg, drawn);
      drawn = null;
      count();
    };
    svg.addEventListener("pointerup", end);
    svg.addEventListener("pointercancel", end);
    svg.addEventListener("keydown", (event) => {
      if (event.target.tagName !== "rect" || !["Enter", " ", "Delete", "Backspace"].includes(event.key)) return;
      event.preventDefault();
      event.target.remove();
      count();
    });
    // The head of a page, where names stand: each press covers a little more.
    leaf.querySelector("[data-band]").addEventListener("click", () => {
      const head = [...svg.querySelectorAll("rect")].find((rect) => {
        const [x, y, width] = box(rect);
        return x === 0 && y === 0 && width === FULL;
      });
      const rect = head || fresh(svg);
      put(rect, 0, 0, FULL, part((head ? box(head)[3] : 0) + BAND));
      ready(svg, rect);
      count();
    });
  }

  form.addEventListener("submit", () => {
    form.querySelectorAll("input[name=cover]").forEach((input) => input.remove());
    for (const leaf of form.querySelectorAll(".leaf")) {
      for (const rect of leaf.querySelectorAll("rect")) {
        const [x, y, width, height] = box(rect);
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = "cover";
        input.value = [leaf.dataset.leaf, x, y, x + width, y + height].join(".");
        form.append(input);
      }
    }
  });
  count();
})();
