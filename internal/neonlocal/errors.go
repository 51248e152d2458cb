package neonlocal

import (
	"fmt"
	"net/http"
)

// apiError is an answer of Neon's form GeneralError. Codes and messages are those that were
// seen at Neon, as far as they are known; the code is often empty there too.
type apiError struct {
	Status    int    `json:"-"`
	RequestID string `json:"request_id,omitempty"`
	Code      string `json:"code"`
	Message   string `json:"message"`
}

// Error implements error.
func (e *apiError) Error() string { return fmt.Sprintf("%d %s %s", e.Status, e.Code, e.Message) }

func refuse(status int, code, format string, args ...any) error {
	return &apiError{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

func unauthorized() error { return refuse(http.StatusUnauthorized, "", "authorization failed") }

func noRoute() error { return refuse(http.StatusNotFound, "", "this route does not exist") }

func notFound(code, what string) error {
	return refuse(http.StatusNotFound, code, "%s not found", what)
}

func badRequest(format string, args ...any) error {
	return refuse(http.StatusBadRequest, "", format, args...)
}

func unprocessable(format string, args ...any) error {
	return refuse(http.StatusUnprocessableEntity, "", format, args...)
}

func precondition(format string, args ...any) error {
	return refuse(http.StatusPreconditionFailed, "", format, args...)
}

func conflict(code, format string, args ...any) error {
	return refuse(http.StatusConflict, code, format, args...)
}

const busyMessage = "project already has running conflicting operations, scheduling of new ones is prohibited"

func busy() error { return refuse(http.StatusLocked, "", busyMessage) }

func inTransition(what string) error {
	return refuse(http.StatusLocked, "", "endpoint is in some transitive state, could not %s", what)
}
