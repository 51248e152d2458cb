package githublocal

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits as GitHub documents them or answers with them, in characters.
const (
	maxBody        = 65536 // comments, issues, reviews
	maxTitle       = 256
	maxCheckText   = 65535 // summary and text of a check run, each
	maxDescription = 140   // of a status and of a deployment status
	maxAnnotations = 50    // of a check run, per request
)

const (
	docsBase         = "https://docs.github.com/rest/"
	rateDocs         = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
	primaryMessage   = "API rate limit exceeded for installation ID 1. If you reach out to GitHub Support for help, please include the request ID and timestamp."
	secondaryDocs    = "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"
	secondaryMessage = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID"
)

// problem is an answer that is an error, in GitHub's shape.
type problem struct {
	status  int
	message string
	errors  []any
	docs    string // whole address; "" is that of the route
}

// Error implements error.
func (p problem) Error() string { return p.message }

func (p problem) reply(r route) reply {
	body := object{
		"message": p.message, "documentation_url": or(p.docs, docsBase+r.docs),
		"status": strconv.Itoa(p.status),
	}
	if p.errors != nil {
		body["errors"] = p.errors
	}
	return reply{status: p.status, body: body}
}

func notFound() problem { return problem{status: http.StatusNotFound, message: "Not Found"} }

// invalid is a 422 for one field.
func invalid(resource, field, code, message string) problem {
	detail := object{"resource": resource, "code": code, "field": field}
	if message != "" {
		detail["message"] = message
	}
	return problem{status: http.StatusUnprocessableEntity, message: "Validation Failed", errors: []any{detail}}
}

// unprocessable is a 422 in words, as the endpoints of reviews answer.
func unprocessable(message string) problem {
	return problem{status: http.StatusUnprocessableEntity, message: "Unprocessable Entity", errors: []any{message}}
}

// fits refuses a text over its limit, counted in characters as GitHub does.
func fits(resource, field, text string, limit int) error {
	if utf8.RuneCountInString(text) > limit {
		return invalid(resource, field, "custom", field+" is too long (maximum is "+strconv.Itoa(limit)+" characters)")
	}
	return nil
}

// written refuses a text that is missing, blank or too long.
func written(resource, field, text string, limit int) error {
	if strings.TrimSpace(text) == "" {
		return invalid(resource, field, "missing_field", "")
	}
	return fits(resource, field, text, limit)
}

// parseTime reads a time of a request; "" is the other one.
func parseTime(field, text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, problem{
			status:  http.StatusUnprocessableEntity,
			message: "Invalid request.\n\nInvalid input: " + field + " is not a valid date-time.",
		}
	}
	return at, nil
}
