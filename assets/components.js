// The Dash components of storefront/components/base.py.
(() => {
  "use strict";
  const element = (...values) => window.React.createElement(...values);
  const setProps = () => {}; // nobody listens to a component that is frozen

  // Components as Dash has them, without the wrapper that makes each of them a target of callbacks; those of dash.html as
  // the elements that they are, since each of them asks the store at every step whether it is loading.
  const made = (node, key) => {
    if (Array.isArray(node)) return node.map((each, place) => made(each, place));
    if (!node?.namespace) return node;
    const { children, ...props } = node.props;
    const inner = made(children);
    const plain = node.namespace === "dash_html_components";
    const type = plain ? node.type.toLowerCase() : window[node.namespace][node.type];
    if (plain && props.href) props.href = window.dash_clientside.clean_url(props.href);
    return element(type, { key, ...(plain ? {} : { setProps }), ...props }, ...(Array.isArray(inner) ? inner : [inner]));
  };

  const Frozen = ({ tree }) => window.React.useMemo(() => element(window.React.Fragment, null, ...made(tree)), [tree]);

  // Dash's own properties, which no element has.
  const OWN = new Set(["setProps", "n_clicks", "n_clicks_timestamp", "disable_n_clicks", "componentPath", "_dashprivate_layout"]);
  const ofElement = (props) => Object.fromEntries(Object.entries(props).filter(([name]) => !OWN.has(name)));

  const Link = ({ children, ...props }) => {
    const follow = (event) => {
      const modified = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
      if (modified || event.defaultPrevented) return;
      event.preventDefault();
      window.lookalike.go(props.href, event.currentTarget);
    };
    return element("a", { ...ofElement(props), onClick: follow }, children);
  };

  window.storefront = { Frozen, Link };
})();
