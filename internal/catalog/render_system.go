package catalog

import "strings"

// handlerText serves languages and access methods.
func handlerText(c *canonical) []string {
	return []string{words("CREATE", c.flag("TRUSTED", "trusted"), c.address(), c.with("TYPE ", "type"),
		c.with("HANDLER ", "handler"), c.with("INLINE ", "inline"), c.with("VALIDATOR ", "validator")) + ";"}
}

func eventTriggerText(c *canonical) []string {
	var tags []string
	for _, tag := range c.takeList("tag") {
		tags = append(tags, literal(tag))
	}
	when := ""
	if len(tags) > 0 {
		when = "WHEN TAG IN (" + strings.Join(tags, ", ") + ")"
	}
	text := []string{words("CREATE", c.address(), c.with("ON ", "event"), when, c.with("EXECUTE FUNCTION ", "function")) + "();"}
	switch state := c.take("enabled"); state {
	case "":
	case "disabled":
		text = append(text, "ALTER "+c.address()+" DISABLE;")
	default:
		text = append(text, "ALTER "+c.address()+" ENABLE "+strings.ToUpper(state)+";")
	}
	return text
}
