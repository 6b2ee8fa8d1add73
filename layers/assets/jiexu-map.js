/* Draws a study's vector tiles with Leaflet and protomaps-leaflet, and talks to the page around the map.

   In:  postMessage {jiexu: "state", state}   what to show: see `defaults` below
   Out: postMessage {jiexu: "ready" | "painted" | "select" | "view", ...}
   Text from outside (names) is a tile property; it reaches the page through textContent and canvas only. */
"use strict";

const jiexu = (() => {
  const L = window.L, P = window.protomapsL;
  const TIERS = ["demonstration", "secondary", "back_street", "unclassified"];
  const POINTS = ["complaints", "stalls", "parking"];
  const PANES = { context: 210, streets: 220, complaints: 230, stalls: 240, parking: 250 };

  const defaults = {
    tiers: TIERS,           // visible tiers
    points: [],             // visible kinds of points
    categories: {},         // kind -> visible categories; a missing kind shows all
    selected: null,         // number of the selected street
    tiles: {},              // layer -> address of its current archive
  };
  const state = { ...defaults };
  const layers = {};        // layer -> {config, leaflet}
  let map, style, words, extent, dataZoom;

  // ---- drawing rules ------------------------------------------------------------------------------------------

  const byZoom = (stops) => (z) => {
    const last = stops.length - 1;
    if (z <= stops[0][0]) return stops[0][1];
    for (let i = 1; i <= last; i++) {
      if (z <= stops[i][0]) {
        const t = (z - stops[i - 1][0]) / (stops[i][0] - stops[i - 1][0]);
        return stops[i - 1][1] + t * (stops[i][1] - stops[i - 1][1]);
      }
    }
    return stops[last][1];
  };
  const streetWidth = byZoom([[9, 0.8], [12, 1.6], [14, 3.5], [16, 7], [18, 14]]);
  const tierOf = (f) => style.tiers[TIERS[f.props.t]];
  const isMotorway = (f) => f.props.h === "motorway" || f.props.h === "trunk";
  const width = (z, f) => streetWidth(z) * (isMotorway(f) ? 1 : tierOf(f).width);
  const shown = (f) => state.tiers.includes(TIERS[f.props.t]);

  const polygon = (layer, fill, stroke, minzoom) => ({
    dataLayer: layer, minzoom,
    symbolizer: new P.PolygonSymbolizer(stroke ? { fill, stroke, width: 0.7 } : { fill }),
  });
  const line = (layer, color, width, extra = {}) => ({
    dataLayer: layer, symbolizer: new P.LineSymbolizer({ color, width, ...extra.symbolizer }), ...extra.rule,
  });

  const rules = {
    context: () => {
      const g = style.ground;
      return {
        paint: [
          polygon("green", g.green),
          polygon("water", g.water),
          line("river", g.river, byZoom([[11, 1], [16, 6]])),
          polygon("building", g.building, g.building_edge, 13),
          line("rail", g.rail, byZoom([[11, 0.6], [17, 2]])),
          line("path", g.path, byZoom([[13, 0.5], [18, 2.5]])),
        ],
        label: ["water", "green"].map((dataLayer) => ({
          dataLayer, minzoom: dataLayer === "water" ? 15 : 16, filter: (z, f) => f.props.n !== "",
          symbolizer: new P.CenteredTextSymbolizer({
            labelProps: ["n"], fill: style.ground.label, stroke: style.ground.halo, width: 2, maxLineChars: 60,
            font: "italic 11px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
          }),
        })),
      };
    },
    streets: () => {
      const g = style.ground, parts = ["minor", "major"];
      const round = { lineCap: "round", lineJoin: "round", perFeature: true };
      const chosen = (z, f) => f.props.s === state.selected;
      return {
        paint: [
          ...parts.map((dataLayer) => ({
            dataLayer, filter: chosen,
            symbolizer: new P.LineSymbolizer({ color: g.selected, width: (z, f) => width(z, f) + 9, opacity: 0.85, ...round }),
          })),
          ...parts.map((dataLayer) => ({
            dataLayer, minzoom: 13, filter: (z, f) => shown(f),
            symbolizer: new P.LineSymbolizer({ color: g.casing, width: (z, f) => width(z, f) + 2, ...round }),
          })),
          ...[3, 2, 1, 0].flatMap((tier) => parts.map((dataLayer) => ({
            dataLayer, filter: (z, f) => f.props.t === tier && shown(f),
            symbolizer: new P.LineSymbolizer({ color: style.tiers[TIERS[tier]].colour, width, ...round }),
          }))),
        ],
        label: [1, 0].map((major) => ({
          dataLayer: "names", minzoom: major ? 13 : 15, filter: (z, f) => f.props.major === major && shown(f),
          symbolizer: new P.LineLabelSymbolizer({
            labelProps: ["n"], fill: g.label, stroke: g.halo, width: 3, repeatDistance: 400,
            font: "12px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
          }),
        })),
      };
    },
    points: (kind) => ({
      paint: [{
        dataLayer: "points",
        filter: (z, f) => state.points.includes(kind)
          && (!(kind in state.categories) || state.categories[kind].includes(f.props.c)),
        symbolizer: new P.CircleSymbolizer({
          radius: byZoom([[10, 1.2], [13, 2.2], [15, 4], [18, 7]]), fill: style.points[kind].colour,
          stroke: style.ground.point_edge, width: byZoom([[12, 0], [15, 1]]), opacity: 0.85,
        }),
      }],
      label: [],
    }),
  };
  const rulesOf = (layer) => (POINTS.includes(layer) ? rules.points(layer) : rules[layer]());

  // ---- layers -------------------------------------------------------------------------------------------------

  const makeLeaflet = ({ layer, url, maxZoom }) => {
    const { paint, label } = rulesOf(layer);
    if (!map.getPane(layer)) {
      map.createPane(layer).style.zIndex = PANES[layer];
      map.getPane(layer).style.pointerEvents = "none";
    }
    return P.leafletLayer({
      url, paintRules: paint, labelRules: label, maxDataZoom: maxZoom, maxZoom: 19, pane: layer, attribution: "",
      keepBuffer: 4, updateWhenIdle: false,
    });
  };

  const painted = (layer) => {
    post({ jiexu: "painted", layer, at: performance.now() });
    document.documentElement.dataset[`painted${layer}`] = state.tiles[layer] || layers[layer].config.url;
  };

  const make = (config) => {
    const leaflet = makeLeaflet(config);
    layers[config.layer] = { config, leaflet };
    leaflet.on("load", () => painted(config.layer));
    return leaflet;
  };

  /* The new tiles are drawn over the old ones, which go only when the new are there: nothing blanks. */
  const swap = (layer, url) => {
    const old = layers[layer];
    if (!old) {
      make({ layer, url, maxZoom: dataZoom }).addTo(map);
      return;
    }
    const leaflet = make({ ...old.config, url });
    leaflet.once("load", () => old.leaflet.remove());
    leaflet.addTo(map);
  };

  const setState = (next) => {
    const before = { ...state };
    Object.assign(state, next);
    const changed = (key) => JSON.stringify(before[key]) !== JSON.stringify(state[key]);
    for (const [layer, url] of Object.entries(state.tiles)) {
      if (layers[layer]?.config.url !== url) swap(layer, url);
    }
    if (changed("tiers")) layers.streets?.leaflet.clearLayout();
    if (changed("tiers") || changed("selected")) layers.streets?.leaflet.rerenderTiles();
    for (const kind of POINTS) {
      const was = JSON.stringify([before.points.includes(kind), before.categories[kind]]);
      if (was !== JSON.stringify([state.points.includes(kind), state.categories[kind]])) {
        layers[kind]?.leaflet.rerenderTiles();
      }
    }
  };

  // ---- picking ------------------------------------------------------------------------------------------------

  /* The nearest visible feature within a finger's width: points first, since they lie on streets. */
  const pick = (latlng) => {
    for (const layer of [...POINTS].reverse().concat("streets")) {
      if (!layers[layer] || (layer !== "streets" && !state.points.includes(layer))) continue;
      for (const brush of layer === "streets" ? [2, 5, 9, 14] : [6]) {
        const found = layers[layer].leaflet.queryTileFeaturesDebug(latlng.lng, latlng.lat, brush).get("") || [];
        const features = found.map((p) => p.feature).filter((f) => (
          layer === "streets" ? shown(f)
            : !(layer in state.categories) || state.categories[layer].includes(f.props.c)));
        if (features.length) return { layer, props: features[0].props };
      }
    }
    return null;
  };

  // ---- the page around the map --------------------------------------------------------------------------------

  const post = (message) => { if (window.parent !== window) window.parent.postMessage(message, window.location.origin); };

  const element = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const swatch = (entry) => {
    const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
    svg.setAttribute("class", "jiexu-swatch");
    svg.setAttribute("viewBox", "0 0 26 10");
    const mark = document.createElementNS(NS, entry.kind === "dot" ? "circle" : "line");
    const attributes = entry.kind === "dot"
      ? { cx: 13, cy: 5, r: 4, fill: entry.colour }
      : { x1: 1, y1: 5, x2: 25, y2: 5, stroke: entry.colour, "stroke-width": 1.5 + 4 * entry.width, "stroke-linecap": "round" };
    for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, value);
    svg.append(mark);
    return svg;
  };

  const legendPanel = (groups) => {
    const panel = element("details", "jiexu-panel jiexu-legend");
    panel.open = window.innerWidth > 600;
    panel.append(element("summary", "", words.legend));
    for (const group of groups) {
      panel.append(element("h4", "", group.title));
      const list = element("ul");
      for (const entry of group.entries) {
        const item = element("li");
        item.append(swatch(entry), element("span", "", entry.label));
        list.append(item);
      }
      panel.append(list);
    }
    return panel;
  };

  const control = (position, node) => {
    const made = L.control({ position });
    made.onAdd = () => { L.DomEvent.disableClickPropagation(node); return node; };
    made.addTo(map);
  };

  const viewKey = () => `jiexu-view-${extent.map((v) => v.toFixed(4)).join(",")}`;
  const readView = (text) => {
    const [zoom, lat, lng] = (text || "").split("/").map(Number);
    return [zoom, lat, lng].every(Number.isFinite) && text.split("/").length === 3 ? { zoom, lat, lng } : null;
  };
  const viewText = () => {
    const c = map.getCenter();
    return `${map.getZoom()}/${c.lat.toFixed(5)}/${c.lng.toFixed(5)}`;
  };

  const frame = (leafletMap, config) => {
    map = leafletMap;
    ({ style, words, extent, dataZoom } = config);
    document.body.style.background = style.ground.background;
    map.getContainer().style.background = style.ground.background;
    const [west, south, east, north] = extent;
    const bounds = L.latLngBounds([[south, west], [north, east]]);
    const kept = readView(window.location.hash.slice(1)) || readView(sessionStorage.getItem(viewKey()));
    if (kept) map.setView([kept.lat, kept.lng], kept.zoom, { animate: false });
    else map.fitBounds(bounds, { animate: false });

    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(
      `<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">${words.credit}</a>, ODbL`,
    ).addTo(map);
    const north_ = element("div", "jiexu-panel jiexu-north", "N ↑");
    north_.title = words.north;
    control("topright", north_);
    control("topright", legendPanel(config.legend));

    map.on("moveend", () => {
      sessionStorage.setItem(viewKey(), viewText());
      post({ jiexu: "view", view: viewText() });
    });
    map.on("click", (event) => {
      const hit = pick(event.latlng);
      post({ jiexu: "select", layer: hit && hit.layer, id: hit && (hit.layer === "streets" ? hit.props.s : hit.props.i) });
      if (!hit || hit.layer === "streets") setState({ selected: hit ? hit.props.s : null });
    });
    const tip = L.tooltip({ className: "jiexu-tooltip", offset: [12, 0], direction: "right" });
    let waiting = false;
    map.on("mousemove", (event) => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        const hit = pick(event.latlng);
        map.getContainer().classList.toggle("jiexu-over", Boolean(hit));
        if (hit && hit.layer === "streets") {
          tip.setLatLng(event.latlng).setContent(element("span", "", hit.props.n || words.unnamed));
          if (!map.hasLayer(tip)) tip.addTo(map);
        } else tip.remove();
      });
    });
    map.on("mouseout", () => tip.remove());

    window.addEventListener("message", (event) => {
      if (event.origin !== window.location.origin || event.data?.jiexu !== "state") return;
      setState(event.data.state);
    });
    post({ jiexu: "ready" });
  };

  return { make, frame, setState, state, view: () => viewText(), get map() { return map; } };
})();
