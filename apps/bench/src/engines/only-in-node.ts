/* Stands for packages that only Node imports, so that the page does not ship them. */
export default {};
