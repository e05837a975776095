// Finds the entries of the index that have all words; those that have them in their title come first.
(function () {
  "use strict";
  var MOST = 100;
  var form = document.getElementById("search");
  var input = document.getElementById("words");
  var found = document.getElementById("found");
  var results = document.getElementById("results");
  var entries = window.zhoubaoIndex.map(function (entry) {
    return {
      kind: entry[0], title: entry[1], words: entry[2], path: entry[3],
      titleText: entry[1].toLowerCase(), text: (entry[0] + " " + entry[1] + " " + entry[2]).toLowerCase()
    };
  });

  document.getElementById("count").textContent = "，共 " + entries.length.toLocaleString("en-US") + " 条";

  function hasAll(text, asked) {
    return asked.every(function (word) { return text.indexOf(word) >= 0; });
  }
  function element(tag, text, className) {
    var made = document.createElement(tag);
    // Texts come from files: they are never read as HTML.
    made.textContent = text;
    if (className) { made.className = className; }
    return made;
  }
  function item(entry) {
    var line = document.createElement("li");
    var link = element("a", entry.title);
    link.href = entry.path;
    line.append(element("span", entry.kind, "kind"), " ", link, " ", element("span", entry.words, "by"));
    return line;
  }
  function show() {
    var asked = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    var hits = asked.length ? entries.filter(function (entry) { return hasAll(entry.text, asked); }) : [];
    var inTitle = hits.filter(function (entry) { return hasAll(entry.titleText, asked); });
    var elsewhere = hits.filter(function (entry) { return inTitle.indexOf(entry) < 0; });
    results.replaceChildren.apply(results, inTitle.concat(elsewhere).slice(0, MOST).map(item));
    found.textContent = !asked.length ? "" : hits.length > MOST
      ? "找到 " + hits.length + " 条，列出前 " + MOST + " 条；多写一个词可以少一些"
      : "找到 " + hits.length + " 条";
  }

  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  input.addEventListener("input", show);
  // Kept in the address, so that a search can be sent to somebody and survives the way back.
  input.addEventListener("change", function () { history.replaceState(null, "", "#" + encodeURIComponent(input.value)); });
  input.value = decodeURIComponent(location.hash.slice(1));
  input.focus();
  show();
})();
