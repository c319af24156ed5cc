// Hosted by windhover-app.
import { text, textType } from './lib/answers.mjs';

export default ({ response }) => {
  response.status = 200;
  response.headers.set('Content-Type', textType);
  response.body = text;
};
