/** The executables that misbehave as processes. What their options mean stands at the top of each. */
import { describe } from "./description.ts"

const v1 = "credentialprovider.kubelet.k8s.io/v1"

export const processFaults = {
  good: describe([], "answers as it should", "gives its credentials", {
    delay: "0",
    location: "",
    username: "robot",
    "username-from": "",
    password: "fault-lab-password",
    "cache-key-type": "Registry",
    "cache-duration": "0s",
    log: ""
  }),
  hang: describe([1, 2], "reads the request and never answers", "gives up at its deadline", { seconds: "60", log: "" }),
  drip: describe([1], "writes a space now and then for ever", "has a deadline for the whole call", { seconds: "60" }),
  "ignore-sigterm": describe(
    [2],
    "hangs, and does not mind SIGTERM",
    "returns at its deadline, and sends SIGKILL to the group after a grace",
    { who: "all", seconds: "60" }
  ),
  grandchild: describe(
    [3, 4],
    "answers and exits, but leaves a process behind that holds its pipes",
    "takes the answer shortly after the exit, and ends what is left of the group",
    { holds: "stdout", status: "0", seconds: "60" }
  ),
  "escaped-grandchild": describe(
    [4],
    "answers and exits, but leaves a process behind in a session of its own, with its pipes",
    "takes the answer, or reports the flood, lets go of the pipes and can exit",
    { does: "holds", status: "0", seconds: "60", bytes: "1073741824" }
  ),
  "flood-stdout": describe([5], "writes to stdout without end", "stops it at a limit, with flat memory", {
    bytes: "314572800",
    stays: "0"
  }),
  "flood-stderr": describe([6], "writes to stderr without end", "reads it beside stdout, keeps little, has a limit", {
    bytes: "314572800",
    stays: "0"
  }),
  "interleaved-floods": describe(
    [6],
    "fills stdout and stderr in turns, then answers",
    "reads both at the same time and takes the answer",
    { turns: "8", bytes: "262144" }
  ),
  "close-stdin": describe([7], "closes stdin unread, then answers", "does not mind the broken pipe", {
    location: "registry.example",
    "api-version": v1,
    status: "0"
  }),
  "ignore-stdin": describe([8], "answers without reading the request", "takes the answer", {
    location: "registry.example",
    "api-version": v1,
    bytes: "0",
    delay: "0.1"
  }),
  "half-answer": describe([9], "writes half an answer and exits with 0", "says that it ends too early, shows nothing"),
  "answer-then-fail": describe([10], "answers, and fails after that", "reports the failure, shows nothing of stdout", {
    status: "1"
  }),
  killed: describe([11], "answers, and is killed by a signal", "reports the signal", { signal: "KILL" }),
  "fork-bomb": describe(
    [12],
    "starts a tree of processes that do not mind SIGTERM",
    "ends them all after its deadline, and limits the plugins that run at once",
    { depth: "4", seconds: "30" }
  ),
  "tell-all": describe(
    [15],
    "writes its arguments, its environment and the request to stderr, and fails",
    "reports the failure without any secret"
  )
}
