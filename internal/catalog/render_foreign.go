package catalog

import "strings"

// foreignText serves foreign data wrappers, servers and user mappings. The options of a user
// mapping are not known.
func foreignText(c *canonical) []string {
	kind, version := "", ""
	if value := c.take("type"); value != "" {
		kind = "TYPE " + literal(value)
	}
	if value := c.take("version"); value != "" {
		version = "VERSION " + literal(value)
	}
	return []string{words("CREATE", c.address(), kind, version, c.with("FOREIGN DATA WRAPPER ", "wrapper"),
		c.with("HANDLER ", "handler"), c.with("VALIDATOR ", "validator"), c.serverOptions()) + ";"}
}

// serverOptions writes options of anything foreign; a field says "name=value".
func (c *canonical) serverOptions() string {
	options := c.takeList(optionList)
	if len(options) == 0 {
		return ""
	}
	written := make([]string, len(options))
	for i, option := range options {
		name, value, _ := strings.Cut(option, "=")
		written[i] = quote(name) + " " + literal(value)
	}
	return "OPTIONS (" + strings.Join(written, ", ") + ")"
}
