package neonapi

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// advice is what to say about one kind of answer.
type advice struct {
	status []int    // any of these; empty means any
	words  []string // any of these in code or message, as said gives them; empty means any
	why    string
	do     string
	usage  bool
}

const (
	doLimit  = "Delete branches that nobody needs (neonctl branches list, neonctl branches delete), run cleanup on a schedule, or take a plan with a higher limit."
	doQuota  = "Raise the quota or the plan in the Neon Console under Billing, or wait for the next billing period."
	doStatus = "Run it again; if it happens again, look at https://neonstatus.com and tell Neon's support the request id."
	doParent = "Use a parent branch without expiry, or clear its expiry with: neonctl branches set-expiration BRANCH."
)

// answers lists what Neon is known to answer, the special before the general.
// Codes come from Neon's Go packages and its users' reports: Neon's description
// says only that a code is a string, and it is often empty. So words are looked
// for in code and message alike.
func answers() []advice {
	return slices.Concat(busy(), limits(), refusals(), missing(), general())
}

// busy holds the answers whose status says all; codes such as RATE_LIMIT_EXCEEDED
// would look like a limit of the plan.
func busy() []advice {
	return []advice{
		{status: []int{http.StatusUnauthorized}, usage: true, why: "Neon does not know the API key: it was revoked, belongs to another account, or is not complete.", do: doKey},
		{
			status: []int{http.StatusLocked}, why: "Neon lets one operation at a time change a project, and others kept it busy for the whole time; nothing was changed.",
			do: "Run it again, let fewer jobs work on the project at once (a concurrency group in the workflow), or allow a longer wait.",
		},
		{
			status: []int{http.StatusTooManyRequests}, why: "More requests reach Neon with this key than it allows (700 a minute), and asking again did not help in time; nothing was changed.",
			do: "Run it again later, or let fewer jobs work at once.",
		},
		{status: []int{http.StatusServiceUnavailable}, why: "Neon was not available for the whole time; nothing was changed.", do: doStatus},
	}
}

func limits() []advice {
	return []advice{
		{
			words: []string{"root branches limit exceeded"}, why: "The project has as many root branches as its plan allows; schema-only branches are root branches too.",
			do: "Delete root or schema-only branches that nobody needs, or branch with data, which makes no root branch.",
		},
		{words: []string{"branches protected limit exceeded"}, why: "The project has as many protected branches as its plan allows.", do: "Unprotect a branch, or take a plan with a higher limit."},
		{words: []string{"branches limit exceeded"}, why: "The project has as many branches as its plan allows (Free: 10).", do: doLimit},
		{
			words: []string{"active endpoints limit exceeded", "concurrently active endpoints"}, why: "As many computes are active at once as Neon allows (about 20).",
			do: "Let fewer pull requests run at once (a concurrency group in the workflow), or suspend computes that nobody uses.",
		},
		{words: []string{"endpoints limit exceeded"}, why: "The project has as many computes as its plan allows.", do: doLimit},
		{words: []string{"branch size limit exceeded"}, why: "The branch holds more data than its plan or quota allows.", do: doQuota},
		{
			words: []string{"compute time exceeded", "data transfer limit exceeded", "quota exceeded", "exceeded the compute time quota", "quota"},
			why:   "A quota of the account or project is used up, so Neon starts no compute.", do: doQuota,
		},
		{words: []string{"limit exceeded"}, why: "A limit of the plan is reached.", do: doLimit},
	}
}

func refusals() []advice {
	return []advice{
		{
			words: []string{"protected branch"}, why: "The branch is protected, and Neon neither deletes nor resets protected branches.",
			do: "Check that this is the branch you mean; if it is, unprotect it in the Neon Console first.",
		},
		{words: []string{"default branch"}, why: "Neon does not do this to the default branch of a project.", do: "Check that this is the branch you mean."},
		{words: []string{"has child", "children", "child branch"}, why: "Other branches were made from this branch.", do: "Delete its child branches first."},
		{words: []string{"expiring", "expires at", "expiration"}, why: "Neon refused the expiry: it must lie within 30 days, and a branch that expires can be neither parent, default nor protected.", do: doParent},
		{
			words: []string{"storing passwords is disabled", "store passwords"}, why: "The project does not store role passwords, so Neon cannot give an address with one.",
			do: "Enable password storage for the project in the Neon Console, or give the database address yourself.",
		},
		{
			status: []int{http.StatusPreconditionFailed}, why: "The plan of the project does not allow a setting that was asked for.",
			do: "Leave out compute size and suspend timeout, or take a plan that has them.",
		},
		{words: []string{notReady}, why: "Neon was still preparing the branch when the time for asking again was over.", do: "Run it again in a minute."},
		{words: []string{"already exists"}, why: "The name is taken by another branch of the project.", do: "Choose another name or prefix, or delete the branch that has it."},
		{words: []string{"org id is required"}, why: "The key belongs to an organization and this request needs its id.", do: "Use a key made for this one project."},
		{words: []string{"not allowed from your ip", "ip address", "allowed ips", "ip allow"}, why: "The project admits only the addresses of its IP allow list.", do: doRunner},
	}
}

func missing() []advice {
	return []advice{
		{
			status: []int{http.StatusForbidden}, usage: true, why: "The API key is valid but may not do this; a key for one project cannot reach another.",
			do: "Use a key of the account, organization or project that owns this project.",
		},
		{
			words: []string{"project not found", "project not found"}, usage: true,
			why: "There is no such project, or the API key may not see it.", do: doProject + " Check that the key belongs to the same account or organization.",
		},
		{
			words: []string{"branch not found", "branch not found"}, usage: true, why: "There is no such branch in the project; it may have expired or been deleted.",
			do: "List the branches with: neonctl branches list --project-id PROJECT.",
		},
		{
			words: []string{"endpoint not found", "endpoint not found", "no read-write endpoint"}, why: "The branch has no compute, so nothing can connect to it.",
			do: "Add one with: neonctl branches add-compute BRANCH.",
		},
		{words: []string{"role not found", "role not found"}, usage: true, why: "There is no such role on the branch.", do: "List the roles with: neonctl roles list --branch BRANCH."},
		{words: []string{"database not found", "database not found"}, usage: true, why: "There is no such database on the branch.", do: "List the databases with: neonctl databases list --branch BRANCH."},
		{words: []string{"route does not exist"}, usage: true, why: "Neon's API has no such address: an id has a wrong shape, or the API's address is wrong.", do: doProject},
	}
}

func general() []advice {
	return []advice{
		{
			status: []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}, usage: true,
			why: "Neon redirects where a part of the address is empty or the API's address is wrong; redirects are not followed, because the key would go along.",
			do:  "Check the project id and the API's address (" + DefaultBaseURL + ").",
		},
		{status: []int{http.StatusBadGateway, http.StatusGatewayTimeout, 520, 521, 522, 523, 524}, why: "A gateway before Neon gave up waiting; the request may have been carried out nevertheless.", do: doStatus},
		{status: []int{http.StatusInternalServerError}, why: "Neon failed on its side; the request may have been carried out in part.", do: doStatus},
		{status: []int{http.StatusProxyAuthRequired}, why: "A proxy between here and Neon wants to know who asks.", do: "Give its user and password in HTTPS_PROXY."},
		{status: []int{http.StatusNotFound}, usage: true, why: "Neon does not know what was asked for, or the API key may not see it.", do: doProject},
		{status: []int{http.StatusConflict}, why: "The request contradicts the present state of the project.", do: doStatus},
		{status: []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, why: "Neon understood the request and refused it, for the reason it gives.", do: "Correct what Neon names, or tell Neon's support the request id."},
	}
}

// Explain implements [fault.Explainer].
func (e *Error) Explain() fault.Explanation {
	if e.Status == 0 {
		return e.explainNetwork()
	}
	// A page in place of JSON is a proxy, a login page or the wrong server, unless
	// the status speaks of a gateway or a refusal for itself.
	if e.notJSON && (e.Status < 300 || e.Status == http.StatusForbidden || e.Status == http.StatusNotFound) {
		return fault.Explanation{
			Why: "Something answered that is not Neon's API: a proxy, a login page, or a server at a wrong address.",
			Do:  "Check the API's address (" + DefaultBaseURL + ") and the proxy settings of this machine.",
		}
	}
	for _, a := range answers() {
		if a.fits(e.Status, e.said()) {
			return fault.Explanation{Why: a.why, Do: a.do, Usage: a.usage}
		}
	}
	return fault.Explanation{Why: "Neon refused the request, for the reason it gives.", Do: doStatus}
}

// said is code and message in one form: lower case, and spaces for underscores.
func (e *Error) said() string {
	return strings.ReplaceAll(strings.ToLower(e.Code+" "+e.Message), "_", " ")
}

func (a advice) fits(status int, said string) bool {
	if len(a.status) > 0 && !slices.Contains(a.status, status) {
		return false
	}
	return len(a.words) == 0 || slices.ContainsFunc(a.words, func(w string) bool { return strings.Contains(said, w) })
}

func (e *Error) explainNetwork() fault.Explanation {
	var (
		name      *net.DNSError
		late      noAnswerError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
	)
	const check = "Check the network, the proxy settings and the API's address (" + DefaultBaseURL + ")."
	switch {
	case e.stopped:
		return fault.Explanation{Why: "The run was stopped while Neon was asked." + e.doubt(), Do: "Run it again."}
	case errors.As(e.Err, &name):
		return fault.Explanation{Why: fmt.Sprintf("The name %s cannot be resolved on this machine.", name.Name), Do: check}
	case errors.As(e.Err, &late):
		return fault.Explanation{Why: fmt.Sprintf("Neon did not answer within %s.", late.after.Round(time.Millisecond)) + e.doubt(), Do: doStatus}
	case errors.As(e.Err, &authority), errors.As(e.Err, &host):
		return fault.Explanation{
			Why: "The certificate of the server is not trusted: a proxy may be reading along, or the address is wrong.",
			Do:  "Add the proxy's certificate authority to this machine's, or correct the API's address.",
		}
	case errors.Is(e.Err, errTooLong):
		return fault.Explanation{Why: "The answer has no end that is in reach: it is not Neon's.", Do: check}
	}
	return fault.Explanation{Why: "The connection to Neon failed or broke off." + e.doubt(), Do: check}
}

// doubt warns that a request without an answer may have been carried out.
func (e *Error) doubt() string {
	if e.Method == http.MethodGet {
		return ""
	}
	return " The request may have been carried out nevertheless."
}

// unanswered tells that nobody knows whether the request was carried out: no
// answer, or one of a gateway. 503 is not among them: Neon promises that it did nothing.
func (e *Error) unanswered() bool {
	if e.Status == 0 {
		return !e.stopped
	}
	return e.Status >= 500 && e.Status != http.StatusServiceUnavailable
}

// exists tells that the name is taken: 409, or 422 according to an older report.
func (e *Error) exists() bool {
	return (e.Status == http.StatusConflict || e.Status == http.StatusUnprocessableEntity) &&
		strings.Contains(e.said(), "already exists")
}

// planGated tells that the plan does not allow a setting of the compute. Free
// accounts were seen to be refused with words alone.
func (e *Error) planGated() bool {
	return e.Status == http.StatusPreconditionFailed ||
		e.Status/100 == 4 && strings.Contains(e.said(), "suspend interval")
}
