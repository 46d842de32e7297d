// The Dash component of storefront/markup.py: HTML as one component, first that of the document itself.
((lookalike) => {
  "use strict";

  let focused = null; // what loses the focus because it moves

  // What the first HTML has in the element of this id, moved with its photos and with what was typed.
  const takeOver = (id, element) => {
    const taken = document.querySelector(`#${lookalike.ids.first} #${id}`);
    if (!taken) return;
    if (taken.contains(document.activeElement)) focused = document.activeElement;
    element.append(...taken.childNodes);
    taken.remove();
  };

  // The first HTML goes once all its parts have found their place.
  const dismissFirst = () => {
    const first = lookalike.part("first");
    if (!first || ["header", "main", "product"].some((name) => first.querySelector(`#${lookalike.ids[name]}`))) return;
    first.remove(); // only now is what took its place shown, and can be focused
    focused?.focus({ preventScroll: true });
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
