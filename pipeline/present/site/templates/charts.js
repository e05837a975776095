// Draws the figures that a page carries as JSON, in the colours of the page; those in view come first, those folded away
// when they are unfolded. Each can be saved as a picture.
(function () {
  "use strict";
  var root = document.documentElement;
  var config = { displayModeBar: false, responsive: false, scrollZoom: false, showTips: false };
  var sources = Array.prototype.slice.call(document.querySelectorAll("script[data-plot]"));
  var isPrinted = false;
  // Pixels for which a chart is drawn when it is printed: two cards lie side by side on A4. Paper only scales it.
  var PRINTED_CARD = 290, PRINTED_WIDE = 620;
  var SAVED_WIDTH = 900, SAVED_HEAD = 70;

  function colour(name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  }
  function plotOf(source) {
    return document.getElementById(source.dataset.plot);
  }
  function figureOf(source) {
    return JSON.parse(source.textContent);
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
  // The last of an odd number of cards has the whole width, as `site.css` says.
  function printedWidth(plot) {
    var card = plot.closest(".cards.three > .card, .cards.four > .card");
    return card && !card.matches(".three > :last-child:nth-child(odd)") ? PRINTED_CARD : PRINTED_WIDE;
  }
  function draw(source) {
    var figure = figureOf(source), layout = themed(figure.layout), plot = plotOf(source);
    if (isPrinted) {
      layout.width = printedWidth(plot);
    } else {
      layout.width = plot.clientWidth;
      layout.height = Math.max(layout.height, plot.clientHeight);
    }
    Plotly.react(plot, figure.data, layout, config);
    fit(plot, layout);
  }
  // With a view box a drawing takes any size that print gives it.
  function fit(plot, layout) {
    plot.style.setProperty("--drawn-size", layout.width + " / " + layout.height);
    plot.querySelectorAll(".main-svg").forEach(function (drawing) {
      drawing.setAttribute("viewBox", "0 0 " + layout.width + " " + layout.height);
    });
  }
  function isUnfolded(source) {
    return plotOf(source).closest("details:not([open])") === null;
  }
  function drawAll() {
    sources.filter(isUnfolded).forEach(draw);
  }
  function isInView(source) {
    return plotOf(source).getBoundingClientRect().top < window.innerHeight;
  }
  // One figure at a time, so that the page can be scrolled and clicked in between.
  function drawRest(rest) {
    if (!rest.length) { root.dataset.drawn = "yes"; return; }
    draw(rest[0]);
    setTimeout(function () { drawRest(rest.slice(1)); }, 0);
  }

  // The saved picture says what the page says around the chart: its title and its axis.
  function save(source) {
    var figure = figureOf(source), layout = themed(figure.layout);
    var title = document.title + "：" + captionOf(source);
    layout.width = SAVED_WIDTH;
    layout.height += SAVED_HEAD;
    layout.paper_bgcolor = colour("--card");
    layout.margin = Object.assign({}, layout.margin, { t: layout.margin.t + SAVED_HEAD });
    layout.title = {
      text: title, x: 0.01, xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 12 },
      font: { size: 17 }, subtitle: { text: layout.meta.axis, font: { size: 13, color: colour("--soft") } }
    };
    Plotly.toImage({ data: figure.data, layout: layout, config: config }, {
      format: "png", width: layout.width, height: layout.height, scale: 2
    }).then(function (picture) {
      var link = document.createElement("a");
      link.href = picture;
      link.download = title.replace(/[\\/:*?"<>|]/g, "_") + ".png";
      link.click();
    });
  }
  function captionOf(source) {
    return source.closest("figure").querySelector("caption").textContent.trim();
  }
  function offerPicture(source) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "存图";
    button.setAttribute("aria-label", captionOf(source) + "：存为 PNG 图片");
    button.addEventListener("click", function () { save(source); });
    source.closest("figure").querySelector(".tools").appendChild(button);
  }

  var shown = sources.filter(isUnfolded);
  var first = shown.filter(isInView);
  first.forEach(draw);
  drawRest(shown.filter(function (source) { return first.indexOf(source) < 0; }));
  sources.forEach(offerPicture);
  document.querySelectorAll("details").forEach(function (fold) {
    fold.addEventListener("toggle", function () {
      sources.filter(function (source) { return fold.contains(source) && isUnfolded(source); }).forEach(draw);
    });
  });
  var resizing;
  window.addEventListener("resize", function () {
    clearTimeout(resizing);
    resizing = setTimeout(function () { if (!isPrinted) { drawAll(); } }, 150);
  });
  window.addEventListener("beforeprint", function () { isPrinted = true; drawAll(); });
  window.addEventListener("afterprint", function () { isPrinted = false; drawAll(); });
  document.addEventListener("theme", drawAll);
})();
