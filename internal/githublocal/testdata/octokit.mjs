// Drives the local GitHub with GitHub's own client. Arguments: the API's address and the directory of the client.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [base, tools] = process.argv.slice(2);
const at = createRequire(pathToFileURL(tools + '/package.json')).resolve.paths('x')[0] + '/@octokit/rest/dist-src/index.js';
const { Octokit } = await import(pathToFileURL(at));
const octokit = new Octokit({ auth: 'ghs_local', baseUrl: base, log: { debug() {}, info() {}, warn() {}, error() {} } });
const repo = { owner: 'acme', repo: 'shop' };
const said = [];

for (const body of ['one', 'two', 'three', 'four', 'five'])
  await octokit.issues.createComment({ ...repo, issue_number: 1, body });
const all = await octokit.paginate(octokit.issues.listComments, { ...repo, issue_number: 1, per_page: 100 });
said.push(all.map(comment => comment.body).join(' '));
await octokit.issues.updateComment({ ...repo, comment_id: all[1].id, body: 'TWO' });
await octokit.issues.deleteComment({ ...repo, comment_id: all[0].id });
const { data: pull } = await octokit.pulls.get({ ...repo, pull_number: 1 });
said.push(`${pull.title} ${pull.comments} ${pull.mergeable_state}`);
const { data: status } = await octokit.repos.createCommitStatus({ ...repo, sha: pull.head.sha, state: 'success', context: 'x' });
said.push(status.state);
await octokit.issues.addLabels({ ...repo, issue_number: 1, labels: ['a b'] });
await octokit.issues.removeLabel({ ...repo, issue_number: 1, name: 'a b' });
for (const wrong of [
  () => octokit.pulls.get({ ...repo, pull_number: 99 }),
  () => octokit.issues.createComment({ ...repo, issue_number: 1, body: 'x'.repeat(65537) }),
  () => octokit.users.getAuthenticated(),
]) {
  try {
    await wrong();
    said.push('no error');
  } catch (error) {
    said.push(`${error.status} ${error.response.data.message}`);
  }
}
console.log(said.join('\n'));
