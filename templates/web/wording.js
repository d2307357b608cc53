// How the text that is typed reads, shown half a second after the last key: the page itself is asked, as its button does.
(() => {
  "use strict";
  const form = document.getElementById("mau-thu");
  if (!form) return;
  let timer, asked = 0;

  async function look() {
    const mine = ++asked;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("lam", "xem");
    let page;
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields });
      if (answer.redirected) return;
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { return; }
    // An answer to older words comes too late.
    if (mine !== asked) return;
    for (const id of ["loi", "thu"]) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id).replaceChildren(...fresh.childNodes);
    }
  }
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 500); });
})();
