// Draws the figures that a page carries as JSON, in the colours of the page; those in view come first, those folded away
// when they are unfolded.
(function () {
  "use strict";
  var root = document.documentElement;
  var config = { displayModeBar: false, responsive: true, scrollZoom: false, showTips: false };
  var sources = Array.prototype.slice.call(document.querySelectorAll("script[data-plot]"));
  var isPrinted = false;

  function colour(name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  }
  function themed(layout) {
    var family = getComputedStyle(document.body).fontFamily;
    var text = colour("--ink"), soft = colour("--soft"), line = colour("--line");
    var scale = parseFloat(getComputedStyle(root).fontSize) / 16;
    var out = Object.assign({}, layout, {
      font: { family: family, color: text, size: 13 * scale },
      height: layout.height * scale,
      hoverlabel: { font: { family: family } }
    });
    Object.keys(layout).forEach(function (name) {
      if (/^[xy]axis\d*$/.test(name)) {
        out[name] = Object.assign({}, layout[name], {
          gridcolor: line, linecolor: line, tickfont: { color: soft, size: 12 * scale }
        });
      }
    });
    return out;
  }
  // A sheet of A4 is narrower than most screens, and charts do not flow as text does.
  function printWidth(plot) {
    return plot.closest(".cards") ? 280 : 600;
  }
  function draw(source) {
    var figure = JSON.parse(source.textContent);
    var layout = themed(figure.layout);
    if (isPrinted) { layout.width = printWidth(document.getElementById(source.dataset.plot)); }
    Plotly.react(source.dataset.plot, figure.data, layout, config);
  }
  function isFolded(source) {
    var fold = document.getElementById(source.dataset.plot).closest("details");
    return fold !== null && !fold.open;
  }
  function isUnfolded(source) {
    return !isFolded(source);
  }
  function drawAll() {
    sources.filter(isUnfolded).forEach(draw);
  }
  function isInView(source) {
    return document.getElementById(source.dataset.plot).getBoundingClientRect().top < window.innerHeight;
  }
  // One figure at a time, so that the page can be scrolled and clicked in between.
  function drawRest(rest) {
    if (!rest.length) { root.dataset.drawn = "yes"; return; }
    draw(rest[0]);
    setTimeout(function () { drawRest(rest.slice(1)); }, 0);
  }

  var shown = sources.filter(isUnfolded);
  var first = shown.filter(isInView);
  first.forEach(draw);
  drawRest(shown.filter(function (source) { return first.indexOf(source) < 0; }));
  document.querySelectorAll("details").forEach(function (fold) {
    fold.addEventListener("toggle", function () {
      sources.filter(function (source) {
        return fold.contains(document.getElementById(source.dataset.plot)) && isUnfolded(source);
      }).forEach(draw);
    });
  });
  window.addEventListener("beforeprint", function () { isPrinted = true; drawAll(); });
  window.addEventListener("afterprint", function () { isPrinted = false; drawAll(); });
  document.addEventListener("theme", drawAll);
})();
