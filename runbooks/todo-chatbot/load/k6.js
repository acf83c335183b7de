// The load of load-test.lua, for k6. URL, USERS, DURATION and SUMMARY come from the environment.
import http from "k6/http";
import { check } from "k6";

export const options = {
  vus: Number(__ENV.USERS),
  duration: __ENV.DURATION,
  thresholds: {
    http_req_duration: ["p(95)<1000"],
    http_req_failed: ["rate<0.05"],
  },
};

export default function () {
  const response = http.get(__ENV.URL);
  check(response, { "status is 200": (r) => r.status === 200 });
}
