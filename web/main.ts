import { createNotices } from './shell/notices.ts';

document.body.append(createNotices().element);
