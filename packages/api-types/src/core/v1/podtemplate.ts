import type { PodTemplate } from '../../generated/core-v1.types';
import type { ResourceDefinition } from '../../machinery/resource-definition';
import { defineCoreResource } from './define';
import { applyPodTemplateDefaults } from './defaults/pod-defaults';
import { column, formatLabels, NAME_COLUMN } from './tables/columns';
import { containerNamesAndImages } from './tables/containers';
import type { PodValidationOptions } from './validation/options';
import { validatePodTemplate } from './validation/pod-template';

export function definePodTemplates(options: PodValidationOptions): ResourceDefinition<PodTemplate> {
  return defineCoreResource<PodTemplate>({
    names: { plural: 'podtemplates', singular: 'podtemplate', kind: 'PodTemplate' },
    scope: 'Namespaced',
    strategy: {
      deleteAnswers: 'object',
      updateChecks: ['metadataChange', 'spec'],
      applyDefaults: (object) => applyPodTemplateDefaults((object.template ??= {})),
      validate: (object, errors) => validatePodTemplate(object.template ?? {}, 'template', options, errors),
    },
    table: {
      columns: [
        NAME_COLUMN,
        column('Containers', 'Names of the containers in the template.'),
        column('Images', 'Images of the containers in the template.'),
        column('Pod Labels', 'Labels that pods of the template get.'),
      ],
      cells({ metadata, template }) {
        const { names, images } = containerNamesAndImages(template?.spec);
        return [metadata.name ?? '', names, images, formatLabels(template?.metadata?.labels)];
      },
    },
  });
}
