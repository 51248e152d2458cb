// Drives the local Neon through Neon's own API client, step by step as its GitHub actions do.
// usage: node client.mjs BASE_URL KEY PROJECT MODULES
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const [baseURL, apiKey, project, modules] = process.argv.slice(2);
const { createApiClient } = createRequire(modules + '/')('@neondatabase/api-client');
const api = createApiClient({ apiKey, baseURL });

async function settled(operations) {
  for (const { id } of operations) {
    for (;;) {
      const { data } = await api.getProjectOperation(project, id);
      if (data.operation.status === 'finished') break;
      assert.ok(['scheduling', 'running'].includes(data.operation.status), data.operation.status);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }
}

async function refused(status, code, call) {
  const error = await call.then(() => assert.fail('not refused'), (e) => e);
  assert.equal(error.response?.status, status, String(error));
  assert.equal(error.response.data.code, code);
}

const main = (await api.listProjectBranches({ projectId: project })).data.branches.find((b) => b.default);
const made = (await api.createProjectBranch(project, {
  branch: { name: 'ci/pr-9', parent_id: main.id, expires_at: new Date(Date.now() + 3600e3).toISOString() },
  endpoints: [{ type: 'read_write', suspend_timeout_seconds: 0 }],
  annotation_value: { 'github-pr-number': '9' },
})).data;
const id = made.branch.id;
await settled(made.operations);
await refused(409, 'BRANCH_ALREADY_EXISTS', api.createProjectBranch(project, { branch: { name: 'ci/pr-9' } }));

const got = (await api.getProjectBranch(project, id)).data;
assert.equal(got.branch.current_state, 'ready');
assert.equal(got.annotation.value['github-pr-number'], '9');
const list = (await api.listProjectBranches({ projectId: project, search: 'ci/pr-9', limit: 10000 })).data;
assert.equal(list.annotations[id].value['github-pr-number'], '9');

const endpoint = (await api.listProjectBranchEndpoints(project, id)).data.endpoints[0];
const database = (await api.listProjectBranchDatabases(project, id)).data.databases[0];
assert.equal((await api.getProjectBranchDatabase(project, id, database.name)).data.database.owner_name, database.owner_name);
const role = (await api.getProjectBranchRole(project, id, database.owner_name)).data.role;
const { password } = (await api.getProjectBranchRolePassword(project, id, role.name)).data;
const { uri } = (await api.getConnectionUri({ projectId: project, branch_id: id, database_name: database.name, role_name: role.name })).data;
assert.equal(uri, `postgresql://${role.name}:${password}@${endpoint.host}/${database.name}?${uri.split('?')[1]}`);

await settled((await api.restoreProjectBranch(project, id, { source_branch_id: main.id })).data.operations);
await settled((await api.updateProjectBranch(project, id, { branch: { name: 'ci/pr-9b', expires_at: null } })).data.operations);
await settled((await api.suspendProjectEndpoint(project, endpoint.id)).data.operations);
await settled((await api.startProjectEndpoint(project, endpoint.id)).data.operations);
const schema = (await api.getProjectBranchSchema({ projectId: project, branchId: id, db_name: database.name })).data;
assert.match(schema.sql, /PostgreSQL database dump/);
assert.equal((await api.getProjectBranchSchemaComparison({ projectId: project, branchId: id, db_name: database.name })).data.diff, '');
await settled((await api.deleteProjectBranch({ projectId: project, branchId: id })).data.operations);
assert.equal((await api.deleteProjectBranch({ projectId: project, branchId: id })).status, 204);
await refused(404, 'BRANCH_NOT_FOUND', api.getProjectBranch(project, id));
assert.equal((await api.getProject(project)).data.project.id, project);
console.log('done');
