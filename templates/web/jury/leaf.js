// Pages that are pictures, larger, smaller and turned; as a judge likes one, the others follow in size. One listener for
// all, because the marking page changes its content without being loaded anew.
(() => {
  "use strict";
  const SIZES = 5;
  addEventListener("click", (event) => {
    const button = event.target.closest(".leaf button");
    if (!button) return;
    if ("zoom" in button.dataset) {
      const all = button.closest(".leaves");
      all.dataset.size = Math.max(1, Math.min(SIZES, Number(all.dataset.size || 1) + Number(button.dataset.zoom)));
    } else if ("turn" in button.dataset) {
      const view = button.closest(".leaf").querySelector(".leaf-view");
      view.dataset.turn = (Number(view.dataset.turn || 0) + 1) % 4;
    }
  });
})();
