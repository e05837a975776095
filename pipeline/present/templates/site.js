(function () {
  "use strict";
  var root = document.documentElement;
  var button = document.getElementById("theme");
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var config = { displayModeBar: false, responsive: true, scrollZoom: false, showTips: false };

  function colour(name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  }
  function themed(layout) {
    var text = colour("--ink"), soft = colour("--soft"), line = colour("--line");
    var scale = parseFloat(getComputedStyle(root).fontSize) / 16;
    var out = Object.assign({}, layout, {
      font: { family: getComputedStyle(document.body).fontFamily, color: text, size: 13 * scale },
      height: layout.height * scale,
      hoverlabel: { font: { family: getComputedStyle(document.body).fontFamily } }
    });
    ["xaxis", "yaxis"].forEach(function (axis) {
      out[axis] = Object.assign({}, layout[axis], {
        gridcolor: line, linecolor: line, tickfont: { color: soft, size: 12 * scale }
      });
    });
    return out;
  }
  // A sheet of A4 is narrower than most screens, and charts do not flow as text does.
  function printWidth(plot) {
    return plot.closest(".cards") ? 280 : 600;
  }
  function draw(isPrinted) {
    document.querySelectorAll("script[data-plot]").forEach(function (source) {
      var figure = JSON.parse(source.textContent);
      var layout = themed(figure.layout);
      if (isPrinted) { layout.width = printWidth(document.getElementById(source.dataset.plot)); }
      Plotly.react(source.dataset.plot, figure.data, layout, config);
    });
  }
  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  }
  function show(theme, isPrinted) {
    if (theme) { root.dataset.theme = theme; } else { delete root.dataset.theme; }
    button.setAttribute("aria-pressed", String(isDark()));
    button.textContent = isDark() ? "浅色" : "深色";
    draw(isPrinted);
  }
  button.addEventListener("click", function () { show(isDark() ? "light" : "dark"); });
  dark.addEventListener("change", function () { show(root.dataset.theme); });
  var beforePrint;
  window.addEventListener("beforeprint", function () { beforePrint = root.dataset.theme; show("light", true); });
  window.addEventListener("afterprint", function () { show(beforePrint); });
  show();
  root.dataset.drawn = "yes";
})();
