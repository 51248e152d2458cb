package neonapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fake serves one project with full objects as Neon's description requires them,
// in pages of two. It is no judge of Neon's rules: scripts play the refusals.
type fake struct {
	mu       sync.Mutex
	branches []map[string]any
	notes    map[string]map[string]string // annotations by branch id
	opsLeft  map[string]int               // looks until an operation is finished
	forget   bool                         // take an expiry and do not arm it
	uri      string
	settings map[string]any
	made     int
}

const stamp = "2026-11-22T12:00:00Z"

func newFake(names ...string) *fake {
	f := &fake{notes: map[string]map[string]string{}, opsLeft: map[string]int{}, settings: map[string]any{}}
	for i, name := range names {
		b := f.branch(name, "br-main-0")
		b["default"] = i == 0
		if i == 0 {
			b["id"], b["parent_id"] = "br-main-0", nil
			delete(b, "parent_id")
		}
		b["current_state"] = "ready"
		delete(b, "pending_state")
		f.branches = append(f.branches, b)
	}
	return f
}

// branch is a fresh branch with all fields that the description requires.
func (f *fake) branch(name, parent string) map[string]any {
	f.made++
	return map[string]any{
		"id": fmt.Sprintf("br-made-%d", f.made), "project_id": testProject, "parent_id": parent, "name": name,
		"current_state": "init", "pending_state": "ready", "state_changed_at": stamp, "creation_source": "console",
		"created_at": stamp, "updated_at": stamp, "default": false, "protected": false, "cpu_used_sec": 0,
		"active_time_seconds": 0, "compute_time_seconds": 0, "written_data_bytes": 0, "data_transfer_bytes": 0,
	}
}

func (f *fake) operation(action, status string) map[string]any {
	f.made++
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", f.made)
	f.opsLeft[id] = 2
	return map[string]any{
		"id": id, "project_id": testProject, "branch_id": "br-main-0", "action": action, "status": status,
		"failures_count": 0, "created_at": stamp, "updated_at": stamp, "total_duration_ms": 0,
	}
}

func endpointOf(branchID string) map[string]any {
	return map[string]any{
		"id": "ep-one", "host": "ep-one.us-east-2.aws.neon.tech", "project_id": testProject, "branch_id": branchID, "region_id": "aws-us-east-2",
		"autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 1, "type": "read_write", "current_state": "idle",
		"pooler_enabled": false, "pooler_mode": "transaction", "disabled": false, "passwordless_access": true, "creation_source": "console",
		"created_at": stamp, "updated_at": stamp, "settings": map[string]any{}, "proxy_host": "us-east-2.aws.neon.tech",
		"suspend_timeout_seconds": 0, "provisioner": "k8s-neonvm",
	}
}

func (f *fake) project() map[string]any {
	return map[string]any{
		"id": testProject, "name": "shop", "platform_id": "aws", "region_id": "aws-us-east-2", "pg_version": 17, "proxy_host": "us-east-2.aws.neon.tech",
		"provisioner": "k8s-neonvm", "store_passwords": true, "settings": f.settings, "history_retention_seconds": 86400,
		"branch_logical_size_limit": 512, "branch_logical_size_limit_bytes": 536870912, "cpu_used_sec": 0, "creation_source": "console",
		"consumption_period_start": stamp, "consumption_period_end": stamp, "active_time_seconds": 0, "compute_time_seconds": 0,
		"written_data_bytes": 0, "data_transfer_bytes": 0, "data_storage_bytes_hour": 0, "created_at": stamp, "updated_at": stamp, "owner_id": "o",
		"owner": map[string]any{"email": "a@example.com", "name": "A", "branches_limit": 10, "subscription_type": "free_v3"},
	}
}

func (f *fake) annotation(id string) map[string]any {
	value := f.notes[id]
	if value == nil {
		value = map[string]string{}
	}
	return map[string]any{"object": map[string]any{"type": "console/branch", "id": id}, "value": value}
}

// ServeHTTP implements [http.Handler].
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	mux := http.NewServeMux()
	for pattern, h := range f.routes() {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v2/projects/"+testProject+path, h)
	}
	mux.HandleFunc("/", refuse(404, "", "this route does not exist"))
	mux.ServeHTTP(w, r)
}

func (f *fake) routes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET ":          func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, map[string]any{"project": f.project()}) },
		"GET /branches": f.list,
		"POST /branches": func(w http.ResponseWriter, r *http.Request) {
			f.create(w, r)
		},
		"GET /branches/{b}": f.on(func(w http.ResponseWriter, _ *http.Request, b map[string]any) {
			reply(w, 200, map[string]any{"branch": b, "annotation": f.annotation(b["id"].(string))})
		}),
		"PATCH /branches/{b}":  f.on(f.update),
		"DELETE /branches/{b}": f.delete,
		"POST /branches/{b}/restore": f.on(func(w http.ResponseWriter, _ *http.Request, b map[string]any) {
			b["current_state"], b["last_reset_at"] = "resetting", stamp
			reply(w, 200, map[string]any{"branch": b, "operations": []any{f.operation("create_timeline", "running")}})
		}),
		"GET /branches/{b}/endpoints": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, map[string]any{"endpoints": []any{endpointOf(r.PathValue("b"))}})
		},
		"POST /endpoints/{e}/start": func(w http.ResponseWriter, _ *http.Request) {
			reply(w, 200, map[string]any{"endpoint": endpointOf("br-main-0"), "operations": []any{f.operation("start_compute", "scheduling")}})
		},
		"GET /branches/{b}/databases": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, map[string]any{"databases": []any{map[string]any{"id": 1, "branch_id": r.PathValue("b"), "name": "shop", "owner_name": "anna", "created_at": stamp, "updated_at": stamp}}})
		},
		"GET /branches/{b}/roles": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, map[string]any{"roles": []any{map[string]any{"branch_id": r.PathValue("b"), "name": "anna", "protected": false, "created_at": stamp, "updated_at": stamp}}})
		},
		"GET /connection_uri":      func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, map[string]any{"uri": f.uri}) },
		"GET /operations/{o}":      f.look,
		"GET /branches/{b}/{more}": refuse(404, "", "this route does not exist"),
	}
}

// on finds the branch that the path names.
func (f *fake) on(then func(http.ResponseWriter, *http.Request, map[string]any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := f.find(r.PathValue("b"))
		if i < 0 {
			refuse(404, "BRANCH_NOT_FOUND", "branch not found")(w, r)
			return
		}
		then(w, r, f.branches[i])
	}
}

func (f *fake) find(id string) int {
	return slices.IndexFunc(f.branches, func(b map[string]any) bool { return b["id"] == id })
}

// list searches in parts of name and id, as Neon does, and gives pages of two.
func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	var all []map[string]any
	for _, b := range f.branches {
		if s := r.URL.Query().Get("search"); strings.Contains(b["name"].(string), s) || strings.Contains(b["id"].(string), s) {
			all = append(all, b)
		}
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
	to := min(len(all), from+2)
	pages := map[string]any{"sort_by": "updated_at", "sort_order": "DESC"}
	if to < len(all) {
		pages["next"] = strconv.Itoa(to)
	}
	notes := map[string]any{}
	for _, b := range all[from:to] {
		if id := b["id"].(string); f.notes[id] != nil {
			notes[id] = f.annotation(id)
		}
	}
	reply(w, 200, map[string]any{"branches": append([]map[string]any{}, all[from:to]...), "annotations": notes, "pagination": pages})
}

func (f *fake) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Branch struct {
			Name      string  `json:"name"`
			ParentID  string  `json:"parent_id"`
			ExpiresAt *string `json:"expires_at"`
		} `json:"branch"`
		Note map[string]string `json:"annotation_value"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(400, "", err.Error())(w, r)
		return
	}
	if in.Branch.ParentID == "" {
		in.Branch.ParentID = "br-main-0"
	}
	b := f.branch(in.Branch.Name, in.Branch.ParentID)
	if in.Branch.ExpiresAt != nil && !f.forget {
		b["expires_at"] = *in.Branch.ExpiresAt
	}
	f.branches = append(f.branches, b)
	f.notes[b["id"].(string)] = in.Note
	reply(w, 201, map[string]any{
		"branch": b, "endpoints": []any{endpointOf(b["id"].(string))}, "roles": []any{}, "databases": []any{},
		"operations": []any{f.operation("create_branch", "running"), f.operation("start_compute", "scheduling")},
	})
}

func (f *fake) update(w http.ResponseWriter, r *http.Request, b map[string]any) {
	var in struct {
		Branch map[string]any `json:"branch"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(400, "", err.Error())(w, r)
		return
	}
	if name, ok := in.Branch["name"]; ok {
		b["name"] = name
	}
	if at, ok := in.Branch["expires_at"]; ok && !f.forget {
		b["expires_at"] = at
		if at == nil {
			delete(b, "expires_at")
		}
	}
	reply(w, 200, map[string]any{"branch": b, "operations": []any{}})
}

func (f *fake) delete(w http.ResponseWriter, r *http.Request) {
	i := f.find(r.PathValue("b"))
	if i < 0 {
		w.WriteHeader(204)
		return
	}
	b := f.branches[i]
	b["pending_state"] = storageDeleted
	f.branches = slices.Delete(f.branches, i, i+1)
	reply(w, 200, map[string]any{"branch": b, "operations": []any{f.operation("suspend_compute", "running"), f.operation("delete_timeline", "scheduling")}})
}

func (f *fake) look(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("o")
	op := f.operation("create_branch", "running")
	op["id"] = id
	if f.opsLeft[id]--; f.opsLeft[id] <= 0 {
		op["status"] = "finished"
	}
	reply(w, 200, map[string]any{"operation": op})
}

func reply(w http.ResponseWriter, status int, body any) { answer(status, encode(body))(w, nil) }

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func moment(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return at
}
