package catalog

import "strings"

func publicationText(c *canonical) []string {
	text := []string{words("CREATE", c.address(), c.flag("FOR ALL TABLES", "all_tables"))}
	for _, table := range c.takeList("published_table") {
		text = append(text, "    TABLE "+table)
	}
	for _, schema := range c.takeList("published_schema") {
		text = append(text, "    TABLES IN SCHEMA "+schema)
	}
	options := lines(c.flag("publish = "+literal(c.Get("publish")), "publish"),
		c.flag("publish_via_partition_root = true", "publish_via_partition_root"),
		c.with("publish_generated_columns = ", "publish_generated_columns"))
	return withOptions(text, options)
}

// subscriptionText leaves out where the subscription connects to: that is a secret.
func subscriptionText(c *canonical) []string {
	text := []string{"CREATE " + c.address() + " CONNECTION '" + redacted + "'"}
	for _, publication := range c.takeList("publication") {
		text = append(text, "    PUBLICATION "+quote(publication))
	}
	return withOptions(text, lines(c.with("slot_name = ", "slot_name"),
		c.flag("binary = true", "binary"), c.with("streaming = ", "streaming"),
		c.with("synchronous_commit = ", "synchronous_commit"), c.flag("two_phase = true", "two_phase"),
		c.flag("disable_on_error = true", "disable_on_error"), c.flag("password_required = false", "password_not_required"),
		c.flag("run_as_owner = true", "run_as_owner"), c.with("origin = ", "origin"), c.flag("failover = true", "failover")))
}

// withOptions ends a statement, with its options if it has any.
func withOptions(text, options []string) []string {
	if len(options) > 0 {
		text = append(text, "    WITH ("+strings.Join(options, ", ")+")")
	}
	return terminated(text)
}
