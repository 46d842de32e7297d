"""The ids by which styles and scripts find parts of a page, in one place; `assets/ids.js` has them too."""

FIRST = "first"  # the page as the first HTML shows it, until Dash has taken it over
SHELL = "shell"
HEADER = "header"
CONTENT = "content"  # main column and product
MAIN = "main"
PRODUCT = "product"
ANNOUNCEMENT = "announcement"
