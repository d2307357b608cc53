// The marking page for hands on a keyboard: everything here also works without it, by forms alone.
// Nothing typed is lost: each change is saved on the server, and kept in this browser until the server has it.
(() => {
  "use strict";
  const KEPT = "phach.";
  const t = (id) => document.getElementById(id);
  let form, timer, sending, again, dirty;

  const inputs = () => [...form.querySelectorAll("input[data-full]")];
  const radios = () => [...form.querySelectorAll("input[type=radio]")];
  const given = () => "given" in form.dataset;
  const key = () => KEPT + form.dataset.sheet;

  // Marks in quarter points, as the server counts them; null when the text is none.
  const quarters = (text) => {
    const m = /^\s*(\d{1,4})(?:[.,](\d{1,2}))?\s*$/.exec(text);
    if (!m) return null;
    const part = { "": 0, 0: 0, "00": 0, 25: 1, 5: 2, 50: 2, 75: 3 }[m[2] || ""];
    return part === undefined ? null : Number(m[1]) * 4 + part;
  };
  const shown = (q) => String(Math.floor(q / 4)) + ["", ",25", ",5", ",75"][q % 4];
  const right = (input) => {
    const q = quarters(input.value);
    return q !== null && q <= Number(input.dataset.full);
  };
  const complete = () => radios().length ? radios().some((r) => r.checked) : inputs().every(right);

  function total() {
    const out = t("tong");
    if (!out) return;
    const sum = inputs().reduce((s, i) => s + (right(i) ? quarters(i.value) : 0), Number(out.dataset.key || 0));
    out.value = shown(sum);
    for (const i of inputs()) i.toggleAttribute("aria-invalid", i.value.trim() !== "" && !right(i));
  }

  function say(text, kind) {
    const place = t("luu");
    place.textContent = text;
    place.className = "small " + kind;
  }

  // ---- saving ----
  const typed = () => {
    const data = {};
    for (const i of inputs()) data[i.name] = i.value;
    for (const r of radios()) if (r.checked) data[r.name] = r.value;
    data.remark = t("nhan-xet").value;
    return data;
  };
  const put = (data) => {
    for (const i of inputs()) if (i.name in data) i.value = data[i.name];
    for (const r of radios()) r.checked = data[r.name] === r.value;
    t("nhan-xet").value = data.remark || "";
    total();
  };
  const keep = () => {
    try { localStorage.setItem(key(), JSON.stringify({ version: form.version.value, typed: typed() })); } catch { /* full or forbidden */ }
  };
  const forget = () => { try { localStorage.removeItem(key()); } catch { /* forbidden */ } };

  function changed() {
    dirty = true;
    total();
    keep();
    say("Đang lưu…", "soft");
    clearTimeout(timer);
    timer = setTimeout(save, 500);
  }

  async function save() {
    clearTimeout(timer);
    if (given() || !dirty) return true;
    if (sending) { again = true; return sending; }
    const mine = form;
    sending = (async () => {
      const body = new URLSearchParams(new FormData(mine));
      body.set("act", "draft");
      dirty = false;
      try {
        const answer = await fetch(mine.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
        if (answer.status === 200) {
          const told = await answer.json();
          mine.version.value = told.version;
          if (mine === form) {
            say("✓ " + told.saved, "saved");
            dirty ? keep() : forget();
          }
          return true;
        }
        dirty = true;
        if (answer.status === 409) differ(await answer.json());
        else if (answer.type === "opaqueredirect" || answer.status === 401) {
          say("Phiên làm việc đã hết. Điểm được giữ trên máy này; hãy đăng nhập lại rồi mở lại bài.", "warn-text");
        } else say("Chưa lưu được; điểm được giữ trên máy này.", "warn-text");
      } catch {
        dirty = true;
        say("Mất kết nối; điểm được giữ trên máy này, máy sẽ tự lưu lại.", "warn-text");
        timer = setTimeout(save, 4000);
      }
      return false;
    })();
    const done = await sending;
    sending = null;
    if (again) { again = false; return save(); }
    return done;
  }

  // The sheet was saved in another window: the judge says which one counts.
  function differ(told) {
    say("", "soft");
    if (t("khac")) return;
    const note = document.createElement("p");
    note.id = "khac";
    note.className = "notice warn";
    note.setAttribute("role", "alert");
    note.append(told.sentence + " ");
    if (told.version) {
      const ours = button("Giữ điểm đang nhập ở đây", () => { form.version.value = told.version; note.remove(); dirty = true; save(); });
      const theirs = button("Lấy phiếu đã lưu", () => { forget(); dirty = false; location.reload(); });
      note.append(ours, theirs);
    }
    form.prepend(note);
  }
  function button(text, act) {
    const b = document.createElement("button");
    b.type = "button"; b.className = "btn"; b.textContent = text;
    b.addEventListener("click", act);
    return b;
  }

  // ---- the next essay, without loading the page anew ----
  async function go(act) {
    clearTimeout(timer);
    if (sending) await sending;
    const body = new URLSearchParams(new FormData(form));
    body.set("act", act);
    if (!given()) keep();
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("noi-dung") || new URL(answer.url).pathname === "/dang-nhap") {
        say("Phiên làm việc đã hết. Điểm được giữ trên máy này; hãy đăng nhập lại rồi mở lại bài.", "warn-text");
        return;
      }
      if (answer.ok) forget();
      show(page, answer.url);
    } catch {
      say("Mất kết nối; điểm được giữ trên máy này. Hãy bấm lại khi có mạng.", "warn-text");
    }
  }
  function show(page, url) {
    document.title = page.title;
    for (const id of ["dau-trang", "noi-dung"]) t(id).replaceWith(document.adoptNode(page.getElementById(id)));
    document.querySelector(".done")?.remove();
    const bar = page.querySelector(".done");
    if (bar) t("dau-trang").after(document.adoptNode(bar));
    if (url !== location.href) history.pushState(null, "", url);
    scrollTo(0, 0);
    begin();
  }

  // ---- keys ----
  function step(input, by) {
    const full = Number(input.dataset.full);
    const q = quarters(input.value);
    input.value = shown(Math.min(full, Math.max(0, q === null ? (by > 0 ? 0 : full) : q + by)));
    changed();
  }
  function enter(from) {
    const open = inputs().filter((i) => !right(i));
    if (from && from.value.trim() !== "" && !right(from)) { from.select(); return; }
    const next = open.find((i) => i !== from) || open[0];
    if (!given() && next && next !== from) { next.focus(); next.select(); return; }
    if (!given() && !complete()) { (open[0] || radios()[0])?.focus(); return; }
    go(given() ? "next" : "give");
  }
  function keys(event) {
    const at = event.target;
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      const n = /^Digit([0-9])$/.exec(event.code);
      if (n && n[1] === "0") { const box = t("bao"); box.open = true; box.querySelector("input,button")?.focus(); event.preventDefault(); return; }
      if (n) {
        const found = form.querySelector(`[data-key="${n[1]}"]`);
        if (found) { found.focus(); if (found.type === "radio") { found.checked = true; changed(); } else found.select(); event.preventDefault(); }
      }
      if (event.key === "ArrowLeft" && t("bai-truoc")) { event.preventDefault(); save().then(() => { location.href = t("bai-truoc").href; }); }
      return;
    }
    if (at.dataset?.full && !at.readOnly && (event.key === "ArrowUp" || event.key === "ArrowDown")) { event.preventDefault(); step(at, event.key === "ArrowUp" ? 1 : -1); return; }
    if (event.key !== "Enter" || event.shiftKey) return;
    if (at.tagName === "TEXTAREA" || at.tagName === "BUTTON" || at.tagName === "A" || at.tagName === "SUMMARY" || at.name === "note") return;
    event.preventDefault();
    enter(at.dataset?.full ? at : null);
  }

  function begin() {
    form = t("phieu");
    if (!form) return;
    document.documentElement.classList.add("script");
    dirty = false;
    form.addEventListener("input", (event) => { if (event.target.name !== "note") changed(); });
    form.addEventListener("click", (event) => {
      const b = event.target.closest(".quick button");
      if (!b || given()) return;
      const input = t(b.parentNode.dataset.for);
      input.value = b.textContent;
      input.focus();
      changed();
    });
    form.addEventListener("submit", (event) => {
      const act = event.submitter?.name === "act" ? event.submitter.value : null;
      if (act === "give" || act === "next") { event.preventDefault(); go(act); }
      else { clearTimeout(timer); keep(); }
    });
    total();
    restore();
    if (!given()) (inputs().find((i) => !right(i)) || inputs()[0] || radios().find((r) => r.checked) || radios()[0])?.focus();
    else form.querySelector("button")?.focus();
  }
  function restore() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key())); } catch { /* none */ }
    if (!kept || given()) return;
    if (JSON.stringify(kept.typed) === JSON.stringify(typed())) { forget(); return; }
    put(kept.typed);
    dirty = true;
    if (kept.version === form.version.value) save();
    else differ({ version: form.version.value, sentence: "Máy này còn giữ điểm chưa kịp lưu của bài này, khác với phiếu trên máy chủ." });
  }

  addEventListener("keydown", (event) => { if (form && document.contains(form)) keys(event); });
  addEventListener("popstate", () => location.reload());
  addEventListener("online", () => { if (form && dirty) save(); });
  addEventListener("pagehide", () => { if (form && dirty && !given()) keep(); });
  begin();
})();
