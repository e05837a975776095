// Shows only the checks that a reader asks for; without it the page shows them all.
(function () {
  "use strict";
  var form = document.getElementById("filter");
  var shown = document.getElementById("shown");
  var items = Array.prototype.slice.call(document.querySelectorAll("[data-state]"));

  function fits(item, asked) {
    return ["state", "owner", "category", "dimension"].every(function (name) {
      return !asked[name] || item.dataset[name] === asked[name];
    }) && (!asked.words || item.textContent.toLowerCase().indexOf(asked.words) >= 0);
  }
  function apply() {
    var asked = {
      state: form.elements.state.value,
      owner: form.elements.owner.value,
      category: form.elements.category.value,
      dimension: form.elements.dimension.value,
      words: form.elements.words.value.trim().toLowerCase()
    };
    var count = 0;
    items.forEach(function (item) {
      item.hidden = !fits(item, asked);
      count += item.hidden ? 0 : 1;
    });
    document.querySelectorAll("table.passed").forEach(function (table) {
      table.parentElement.hidden = !table.querySelector("tbody tr:not([hidden])");
    });
    document.querySelectorAll("main > section:not([aria-labelledby=corrected])").forEach(function (section) {
      section.hidden = !section.querySelector("[data-state]:not([hidden]), .empty");
    });
    shown.textContent = "显示 " + count + " 项，共 " + items.length + " 项";
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(apply); });
  apply();
})();
