// The Dash component of storefront/markup.py: HTML as one component, first that of the document itself.
((lookalike) => {
  "use strict";

  // What the first HTML has in the element of this id, moved with its photos and its focus.
  const takeOver = (id, element) => {
    const focused = document.activeElement;
    const taken = document.querySelector(`#${lookalike.ids.first} #${id}`);
    if (!taken) return;
    element.append(...taken.childNodes);
    if (element.contains(focused)) focused.focus({ preventScroll: true });
    taken.remove();
  };

  // The first HTML goes once all its parts have found their place.
  const dismissFirst = () => {
    const first = lookalike.part("first");
    if (first && !["header", "main", "product"].some((name) => first.querySelector(`#${lookalike.ids[name]}`))) first.remove();
  };

  lookalike.Static = ({ id, element, attributes, markup }) => {
    const { createElement, useLayoutEffect, useRef } = window.React;
    const node = useRef(null);
    useLayoutEffect(() => {
      if (typeof markup === "string") node.current.innerHTML = markup;
      else takeOver(id, node.current);
      dismissFirst();
      lookalike.changed(id);
    }, [markup]);
    const { class: className, tabindex: tabIndex, ...others } = attributes;
    return createElement(element, { id, ref: node, className, tabIndex, ...others });
  };
})((window.lookalike ??= {}));
