package catalog

// searchText serves the four kinds of text search: each property has one of them only.
func searchText(c *canonical) []string {
	text := c.block(c.with("START = ", "start"), c.with("GETTOKEN = ", "gettoken"), c.with("END = ", "end"),
		c.with("HEADLINE = ", "headline"), c.with("LEXTYPES = ", "lextypes"),
		c.with("INIT = ", "init"), c.with("LEXIZE = ", "lexize"),
		c.with("TEMPLATE = ", "template"), c.take("options"), c.with("PARSER = ", "parser"))
	for _, mapping := range c.takeList("mapping") {
		text = append(text, "ALTER "+c.address()+" ADD MAPPING FOR "+mapping+";")
	}
	return text
}
