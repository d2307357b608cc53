// The marking page for hands on a keyboard: everything here also works without it, by forms alone.
// Nothing typed is lost: each change is saved on the server, and kept in this browser until the server has it.
(() => {
  "use strict";
  const KEPT = "phach.";
  const t = (id) => document.getElementById(id);
  let form, timer, sending, again, dirty, going;

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
  const wrong = (input) => input.value.trim() !== "" && !right(input);
  const complete = () => radios().length ? radios().some((r) => r.checked) : inputs().every(right);

  function total() {
    const out = t("tong");
    if (!out) return;
    const sum = inputs().reduce((s, i) => s + (right(i) ? quarters(i.value) : 0), Number(out.dataset.key || 0));
    out.value = shown(sum);
    for (const i of inputs()) {
      const typing = i === document.activeElement && /[.,]$/.test(i.value);
      if (wrong(i) && !typing) i.setAttribute("aria-invalid", "true"); else i.removeAttribute("aria-invalid");
    }
  }

  function say(text, kind) {
    const place = t("luu");
    place.textContent = text;
    place.className = "small " + kind;
  }

  // A notice above the sheet; with `doors`, the judge has to choose one of them.
  function notice(id, text, ...doors) {
    if (t(id)) return;
    const note = document.createElement("p");
    note.id = id;
    note.className = "notice warn";
    note.setAttribute("role", "alert");
    note.append(text, ...doors);
    form.prepend(note);
  }
  function button(text, act) {
    const b = document.createElement("button");
    b.type = "button"; b.className = "btn"; b.textContent = text;
    b.addEventListener("click", act);
    return b;
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
    if (t("khac") || t("phien")) return;
    say("Đang lưu…", "soft");
    clearTimeout(timer);
    timer = setTimeout(save, 500);
  }
  const later = () => { clearTimeout(timer); timer = setTimeout(save, 4000); };

  async function save() {
    clearTimeout(timer);
    if (given() || !dirty || t("khac")) return;
    if (sending) { again = true; return; }
    sending = draft();
    await sending;
    sending = null;
    if (again) { again = false; await save(); }
  }
  async function draft() {
    const body = new URLSearchParams(new FormData(form));
    body.set("act", "draft");
    dirty = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.status === 200) {
        const told = await answer.json();
        form.version.value = told.version;
        say("✓ " + told.saved, "saved");
        // What is no mark yet is not on the server, so it stays here.
        dirty || inputs().some(wrong) ? keep() : forget();
        return;
      }
      dirty = true;
      if (answer.status === 409) differ(await answer.json());
      else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) gone();
      else { say("Chưa lưu được; điểm được giữ trên máy này, máy sẽ tự lưu lại.", "warn-text"); later(); }
    } catch {
      dirty = true;
      say("Mất kết nối; điểm được giữ trên máy này, máy sẽ tự lưu lại.", "warn-text");
      later();
    }
  }

  // The sheet was saved in another window: the judge says which one counts.
  function differ(told) {
    say("", "soft");
    if (!told.version) return notice("khac", told.sentence);
    notice("khac", told.sentence + " Điểm nhập ở đây chưa được lưu. ",
      button("Giữ điểm đang nhập ở đây", () => {
        form.version.value = told.version;
        t("khac").remove();
        dirty = true;
        first()?.focus();
        save();
      }),
      button("Lấy phiếu đã lưu", () => { forget(); dirty = false; location.reload(); }));
  }

  // The session has ended: what is typed stays, and is saved as soon as the judge has logged in again elsewhere.
  function gone() {
    say("", "soft");
    const way = document.createElement("a");
    way.href = "/dang-nhap"; way.target = "_blank"; way.className = "btn"; way.textContent = "Đăng nhập lại ở cửa sổ mới";
    notice("phien", "Phiên làm việc đã hết. Điểm được giữ trên máy này. Đăng nhập lại rồi trở về đây, máy sẽ tự lưu. ", way);
    renew();
  }
  async function renew() {
    if (!t("phien")) return;
    try {
      const answer = await fetch("/cham/" + form.dataset.sheet);
      const fresh = parsed(await answer.text()).querySelector("#phieu [name=csrf]");
      if (!answer.ok || !fresh || fresh.value === form.csrf.value) return;
      form.csrf.value = fresh.value;
      t("phien")?.remove();
      await save();
    } catch { /* still away */ }
  }
  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

  // ---- the next essay, without loading the page anew ----
  async function go(act) {
    if (going) return;
    const open = t("khac")?.querySelector("button");
    if (open) { open.focus(); return; }
    going = true;
    clearTimeout(timer);
    try {
      while (sending) await sending;
      clearTimeout(timer);
      if (t("khac")) return;
      if (!given()) keep();
      const body = new URLSearchParams(new FormData(form));
      body.set("act", act);
      const answer = await fetch(form.action, { method: "POST", body });
      const page = parsed(await answer.text());
      if (answer.status === 403 || new URL(answer.url).pathname === "/dang-nhap") { dirty = !given(); gone(); return; }
      if (!answer.ok && !page.getElementById("phieu")) {
        say(page.querySelector("main h1 + p")?.textContent || "Chưa gửi được; điểm được giữ trên máy này.", "warn-text");
        return;
      }
      if (answer.ok) forget();
      show(page, answer.url);
    } catch {
      say("Mất kết nối; điểm được giữ trên máy này. Hãy bấm lại khi có mạng.", "warn-text");
      // At least what was typed goes to the server as soon as there is one.
      dirty = !given();
      later();
    } finally {
      going = false;
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
  const first = () => inputs().find((i) => !right(i)) || inputs()[0] || radios().find((r) => r.checked) || radios()[0];
  const to = (input) => { input?.focus(); input?.select?.(); };
  function step(input, by) {
    const full = Number(input.dataset.full);
    const q = quarters(input.value);
    input.value = shown(Math.min(full, Math.max(0, q === null ? (by > 0 ? 0 : full) : q + by)));
    changed();
  }
  function enter(from) {
    if (given()) { go("next"); return; }
    if (from && wrong(from)) { from.setAttribute("aria-invalid", "true"); from.select(); return; }
    const open = inputs().filter((i) => !right(i));
    const next = open.find((i) => i !== from) || open[0];
    if (next) { to(next); return; }
    if (!complete()) { radios()[0]?.focus(); return; }
    go("give");
  }
  function alt(event) {
    const n = /^Digit([0-9])$/.exec(event.code)?.[1];
    if (n === "0") {
      const box = t("bao");
      box.open = true;
      box.querySelector("input,button")?.focus();
    } else if (n) {
      const found = form.querySelector(`[data-key="${n}"]:is(input)`);
      if (!found || found.matches(":disabled")) return;
      if (found.type === "radio" && !found.checked) { found.checked = true; changed(); }
      to(found);
    } else if (event.key === "ArrowLeft" && t("bai-truoc")) {
      save().then(() => { location.href = t("bai-truoc").href; });
    } else if (event.code === "KeyZ" && t("hoan-tac")) t("hoan-tac").click();
    else return;
    event.preventDefault();
  }
  function keys(event) {
    const at = event.target;
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    // The next essay is on its way: no key may fall on the one that leaves.
    if (going) { event.preventDefault(); return; }
    if (event.altKey) { alt(event); return; }
    if (at.dataset?.full && !at.readOnly && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(at, event.key === "ArrowUp" ? 1 : -1);
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || at.closest("textarea,button,a,summary")) return;
    event.preventDefault();
    // A note belongs to the flag that is raised with it, never to the sheet.
    if (at.name === "note") t("bao").querySelector(".choices button")?.focus();
    else enter(at.dataset?.full ? at : null);
  }

  function begin() {
    form = t("phieu");
    if (!form) return;
    document.documentElement.classList.add("script");
    dirty = false;
    form.addEventListener("input", (event) => { if (event.target.name !== "note") changed(); });
    form.addEventListener("focusout", total);
    form.addEventListener("click", (event) => {
      const b = event.target.closest(".quick button");
      if (!b || given()) return;
      const input = t(b.parentNode.dataset.for);
      input.value = b.textContent;
      input.focus();
      changed();
    });
    form.addEventListener("submit", (event) => {
      const by = event.submitter;
      if (by?.name === "act" && by.value !== "reopen") { event.preventDefault(); go(by.value); return; }
      clearTimeout(timer);
      if (by?.value === "recuse") { dirty = false; forget(); } else if (!given()) keep();
    });
    total();
    restore();
    // The essay stays in sight where it stands above the sheet.
    (given() ? form.querySelector(".give button") : first())?.focus({ preventScroll: true });
  }
  function restore() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key())); } catch { /* none */ }
    if (!kept) return;
    if (given() || JSON.stringify(kept.typed) === JSON.stringify(typed())) { forget(); return; }
    put(kept.typed);
    dirty = true;
    if (kept.version === form.version.value) save();
    else differ({ version: form.version.value, sentence: "Máy này còn giữ điểm chưa kịp lưu của bài này, khác với phiếu trên máy chủ." });
  }

  addEventListener("keydown", (event) => { if (form?.isConnected) keys(event); });
  addEventListener("popstate", () => location.reload());
  addEventListener("online", () => { if (form?.isConnected && dirty) save(); });
  addEventListener("focus", () => { if (form?.isConnected) renew(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && form?.isConnected) renew(); });
  addEventListener("pagehide", () => { if (form?.isConnected && dirty && !given()) keep(); });
  begin();
})();
