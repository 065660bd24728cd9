import { conformanceTests } from '@alexnet/conformance/vitest';
import { createBackend } from './backend.mjs';

conformanceTests({ name: 'plain JavaScript', create: createBackend, level: 'quick' });
