// What every page does before it is drawn: light or dark, as the reader chose last or as the screen asks.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  // A browser may refuse to keep anything for a page that was opened as a file.
  function kept() {
    try { return localStorage.getItem("theme"); } catch (refused) { return null; }
  }
  function keep(theme) {
    try { localStorage.setItem("theme", theme); } catch (refused) { return; }
  }
  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  }
  function show(theme) {
    if (theme) { root.dataset.theme = theme; } else { delete root.dataset.theme; }
    var button = document.getElementById("theme");
    if (button) {
      button.setAttribute("aria-pressed", String(isDark()));
      button.textContent = isDark() ? "浅色" : "深色";
    }
    document.dispatchEvent(new Event("theme"));
  }

  show(kept());
  document.addEventListener("DOMContentLoaded", function () {
    show(root.dataset.theme);
    document.getElementById("theme").addEventListener("click", function () {
      keep(isDark() ? "light" : "dark");
      show(kept() || (isDark() ? "light" : "dark"));
    });
  });
  dark.addEventListener("change", function () { show(root.dataset.theme); });

  // The issues lie in a file of their own: a new one changes no page of another.
  function offerWeeks() {
    var picker = document.querySelector(".picker");
    if (!window.zhoubaoWeeks || !picker) { return; }
    var list = picker.querySelector("ul"), year;
    window.zhoubaoWeeks.forEach(function (week) {
      if (week[1] !== year) {
        year = week[1];
        list.insertAdjacentElement("beforeend", document.createElement("li")).textContent = year + " 年";
      }
      var link = document.createElement("a");
      link.href = picker.dataset.root + "issue/" + week[0] + ".html";
      link.textContent = week[2];
      if (week[0] === picker.dataset.week) { link.setAttribute("aria-current", "true"); }
      list.appendChild(document.createElement("li")).appendChild(link);
    });
    picker.hidden = false;
    document.addEventListener("click", function (event) {
      if (!picker.contains(event.target)) { picker.open = false; }
    });
    picker.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { picker.open = false; picker.querySelector("summary").focus(); }
    });
  }
  document.addEventListener("DOMContentLoaded", offerWeeks);

  // Whoever follows a link to something folded away wants to see it.
  function unfold() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; }
  }
  document.addEventListener("DOMContentLoaded", unfold);
  window.addEventListener("hashchange", unfold);

  // Paper is white, whatever the screen was.
  var beforePrint;
  window.addEventListener("beforeprint", function () { beforePrint = root.dataset.theme; show("light"); });
  window.addEventListener("afterprint", function () { show(beforePrint); });
})();
