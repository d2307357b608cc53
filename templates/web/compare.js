// The comparison page for hands on a keyboard; everything here also works without it, by links and forms.
(() => {
  "use strict";
  const t = (id) => document.getElementById(id);
  const out = t("doan");
  const form = t("ket-luan");
  document.documentElement.classList.add("script");

  // The passages of the source that is shown, in the order of the later essay.
  const marks = [...document.querySelectorAll("#ben-t .mark-n")].filter((m) => t("p-" + m.textContent));
  let at = null;
  function jump(by) {
    if (!marks.length) return;
    // The first step leads to the first passage, or back to the last.
    at = ((at ?? (by > 0 ? -1 : marks.length)) + by + marks.length) % marks.length;
    for (const m of document.querySelectorAll(".mark-n.now")) m.classList.remove("now");
    for (const mark of [marks[at], t("p-" + marks[at].textContent)]) {
      mark.classList.add("now");
      const side = mark.closest(".beside");
      side.scrollTop += mark.getBoundingClientRect().top - side.getBoundingClientRect().top - side.clientHeight / 3;
    }
    out.value = `Đoạn ${at + 1} / ${marks.length}`;
  }
  t("doan-sau")?.addEventListener("click", () => jump(1));
  t("doan-truoc")?.addEventListener("click", () => jump(-1));

  // Boxes mean something only for rulings by which essays leave; how many leave stands beside the button.
  function boxes() {
    const ruling = form?.querySelector("input[name=ruling]:checked")?.value;
    const all = ruling === "quoted" || ruling === "different";
    let leaving = 0;
    for (const box of form?.querySelectorAll("input[name=entry]") || []) {
      box.disabled = all;
      if (box.checked && !all) leaving += 1;
    }
    const said = t("danh-dau");
    if (said) said.value = `${leaving} ${said.dataset.words}`;
  }
  form?.addEventListener("change", boxes);
  boxes();

  addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("textarea,input:not([type=radio]):not([type=checkbox]),select")) return;
    const key = event.key.toLowerCase();
    if (key === "j") jump(1);
    else if (key === "k") jump(-1);
    else if (key === "n") t("bai-sau")?.click();
    else if (key === "p") t("bai-truoc")?.click();
    else if (/^[1-4]$/.test(key) && form) {
      const radio = form.querySelector(`[data-key="${key}"]`);
      radio.checked = true;
      radio.focus();
      boxes();
    } else if (key === "enter" && event.target.name === "ruling") form.requestSubmit();
    else return;
    event.preventDefault();
  });
})();
