// Lets a reader sort a table by a column, copy it, and save it as CSV; without it the tables are plain.
(function () {
  "use strict";
  // What a spreadsheet may take for the start of a formula: as `pipeline/common/spreadsheet_text.py` has it.
  var FORMULA_STARTS = "=+-@\t\r\n＝＋－＠";
  var NUMBER = /^[+-]?\d[\d,]*(\.\d+)?%?$/;
  var MISSING = ["", "—", "未报送", "【待核实】"];
  var words = new Intl.Collator("zh-Hans-CN", { numeric: true });

  // `innerText` would be shorter, and is empty in a table that is folded away.
  function textOf(cell) {
    var copy = cell.cloneNode(true);
    copy.querySelectorAll("br").forEach(function (end) { end.replaceWith(" "); });
    return copy.textContent.trim().replace(/\s+/g, " ");
  }
  // 1,234,567 and +6.3% are numbers; NaN is none.
  function numberOf(text) {
    return NUMBER.test(text) ? parseFloat(text.replace(/[,%]/g, "")) : NaN;
  }
  // As a spreadsheet should read it: numbers without commas, and nothing that it would run.
  function cellText(cell) {
    var text = textOf(cell);
    if (NUMBER.test(text)) { return text.replace(/,/g, ""); }
    return text && FORMULA_STARTS.indexOf(text[0]) >= 0 ? "'" + text : text;
  }
  function linesOf(table) {
    return Array.prototype.map.call(table.rows, function (row) {
      return Array.prototype.map.call(row.cells, cellText);
    });
  }

  function compare(one, other) {
    var a = numberOf(one), b = numberOf(other);
    if (!isNaN(a) && !isNaN(b)) { return a - b; }
    if (isNaN(a) !== isNaN(b)) { return isNaN(a) ? 1 : -1; }
    return words.compare(one, other);
  }
  function sortBy(table, column, direction) {
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    rows.forEach(function (row, place) {
      if (!row.dataset.place) { row.dataset.place = String(place); }
    });
    rows.sort(function (one, other) {
      var places = one.dataset.place - other.dataset.place;
      if (!direction) { return places; }
      var a = textOf(one.cells[column]), b = textOf(other.cells[column]);
      var isGone = MISSING.indexOf(a) >= 0, isOtherGone = MISSING.indexOf(b) >= 0;
      // What is missing stands last, whichever way the column is sorted.
      if (isGone || isOtherGone) { return isGone - isOtherGone || places; }
      return direction * compare(a, b) || places;
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }
  var NEXT = { none: "descending", descending: "ascending", ascending: "none" };
  var DIRECTIONS = { none: 0, descending: -1, ascending: 1 };
  function sortOnClick(table, heading, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    while (heading.firstChild) { button.appendChild(heading.firstChild); }
    heading.appendChild(button);
    button.addEventListener("click", function () {
      var state = NEXT[heading.getAttribute("aria-sort") || "none"];
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
      if (state !== "none") { heading.setAttribute("aria-sort", state); }
      sortBy(table, column, DIRECTIONS[state]);
    });
  }

  function copy(table) {
    var lines = linesOf(table);
    // `navigator.clipboard` needs https, which a hall's intranet may not have.
    document.addEventListener("copy", function (event) {
      event.clipboardData.setData("text/plain", lines.map(function (line) { return line.join("\t"); }).join("\r\n"));
      event.preventDefault();
    }, { once: true });
    return document.execCommand("copy");
  }
  function csvCell(text) {
    return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }
  function saveCsv(table) {
    var lines = linesOf(table).map(function (line) { return line.map(csvCell).join(","); });
    var link = document.createElement("a");
    // The byte order mark is what makes Excel read Chinese as UTF-8.
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = (document.title + "：" + nameOf(table)).replace(/[\\/:*?"<>|]/g, "_") + ".csv";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }
  function nameOf(table) {
    return table.caption.textContent.trim();
  }
  function offer(tools, table, label, meaning, act) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.setAttribute("aria-label", nameOf(table) + "：" + meaning);
    button.addEventListener("click", function () { act(table, button); });
    tools.appendChild(button);
  }
  function copyAndSay(table, button) {
    button.textContent = copy(table) ? "已复制" : "未能复制";
    setTimeout(function () { button.textContent = "复制"; }, 2000);
  }
  function toolsOf(table) {
    var figure = table.closest("figure.chart");
    if (figure) { return figure.querySelector(".tools"); }
    var tools = document.createElement("p");
    tools.className = "tools above";
    var frame = table.closest(".scroll") || table;
    frame.parentElement.insertBefore(tools, frame);
    return tools;
  }
  function isPlain(table) {
    return table.tHead && table.caption && table.tBodies[0] && !table.tBodies[0].querySelector("[colspan], [rowspan]");
  }

  Array.prototype.filter.call(document.querySelectorAll("main table"), isPlain).forEach(function (table) {
    var tools = toolsOf(table);
    offer(tools, table, "复制", "复制到剪贴板", copyAndSay);
    offer(tools, table, "CSV", "存为 CSV", saveCsv);
    if (table.tBodies[0].rows.length > 1) {
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (heading, column) {
        sortOnClick(table, heading, column);
      });
    }
  });
})();
